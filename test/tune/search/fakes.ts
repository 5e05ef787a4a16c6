import { NumericalError } from "../../../src/errors.js";
import type { Executor } from "../../../src/parallel/index.js";
import type { Journal } from "../../../src/tune/journal/index.js";
import type { Entry } from "../../../src/tune/journal/lines.js";
import type { Evaluation, EvaluationContext, Objective } from "../../../src/tune/objectives/objective.js";
import { createOptimizer, type Optimizer, type Point } from "../../../src/optimizers/index.js";
import { type Candidate, createSearchSpace } from "../../../src/tune/search-space/index.js";
import type { Stage } from "../../../src/tune/stage.js";
import { termsOf } from "../../terms.js";

/** What the fake objectives look at. */
export interface Values {
  readonly zeta: number;
  readonly sigma: number;
  readonly nMax: number;
  readonly basis: string;
}

export function candidate(): Candidate {
  const descriptor = { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 5 } };
  return {
    model: { type: "sparse-gp", isolatedAtomEnergies: { Si: -0.8 }, terms: [{ descriptor, kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "random", count: 10 } }] },
    fit: { sigma: { energy: 0.01, forces: 0.1 } },
    seed: 5,
  };
}

export function valuesOf(given: Candidate): Values {
  const { descriptor, kernel } = termsOf(given)[0] as { descriptor: Record<string, unknown>; kernel: { zeta: number } };
  return { zeta: kernel.zeta, sigma: descriptor.sigma as number, nMax: descriptor.nMax as number, basis: descriptor.basis as string };
}

export const parameters = {
  "model.terms[0].kernel.zeta": { from: 1, to: 6 },
  "model.terms[0].descriptor.sigma": { from: 0.2, to: 1, scale: "log" },
  "model.terms[0].descriptor.nMax": { from: 2, to: 6, integer: true },
} as const;

/** Smooth, with its minimum 0 at ζ = 3, σ = 0.4, nMax = 5. */
export function bowl({ zeta, sigma, nMax }: Values): number {
  return (zeta - 3) ** 2 + Math.log(sigma / 0.4) ** 2 + 0.1 * (nMax - 5) ** 2;
}

export type Judge = (values: Values, context: EvaluationContext) => number | Promise<number>;

/** An objective that computes nothing and remembers what it was asked. */
export class FakeObjective implements Objective {
  readonly type = "fake";
  readonly notes: readonly string[] = [];
  readonly asked: { values: Values; fraction: number | undefined }[] = [];
  running = 0;
  mostAtOnce = 0;
  released = 0;

  constructor(
    private readonly judge: Judge = bowl,
    private readonly bytes = 1e5,
  ) {}

  async evaluate(given: Candidate, context: EvaluationContext): Promise<Evaluation> {
    const values = valuesOf(given);
    this.asked.push({ values, fraction: context.fraction });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    try {
      // out of order, as on threads
      await new Promise((resolve) => setTimeout(resolve, (values.zeta * 7919) % 4));
      const loss = await this.judge(values, context);
      return { loss, metrics: { energyRmse: loss / 2, absent: NaN }, histogram: { from: 0, to: 1, counts: [1, 2] } };
    } finally {
      this.running--;
    }
  }

  estimateBytes(_?: Candidate): number {
    return this.bytes;
  }

  release(): void {
    this.released++;
  }
}

export function stageOf(objective: Objective, more: Partial<Stage> & { optimizerOptions?: { type: string } & Record<string, unknown> } = {}): Stage {
  const { optimizerOptions = { type: "particle-swarm", particles: 6 }, base = candidate(), ...others } = more;
  return {
    index: 0,
    name: "search",
    base,
    space: createSearchSpace(parameters, base),
    spaceAround: (candidate) => createSearchSpace(parameters, candidate),
    objective,
    optimizer: createOptimizer(optimizerOptions),
    seed: 5,
    budget: {},
    penalty: 1000,
    parallel: 4,
    ...others,
  };
}

/** Asks for given generations, then ends. */
export function scripted(generations: readonly (readonly Point[])[], told: (readonly number[])[] = []): Optimizer {
  return {
    type: "scripted",
    init: () => ({ next: 0 }),
    ask: ({ next }) => generations[next as number] ?? [],
    tell: ({ next }, losses) => {
      told.push(losses);
      return { next: (next as number) + 1 };
    },
  };
}

/** A journal in memory that shows what was written; `failAfter`: the moment a process is killed. */
export class RecordingJournal implements Journal {
  readonly written: Entry[] = [];

  constructor(
    readonly entries: readonly Entry[] = [],
    private readonly failAfter = Infinity,
  ) {}

  append<Kind extends Entry>(entry: Kind): Kind {
    if (this.written.length >= this.failAfter) throw new Killed();
    const stored = JSON.parse(JSON.stringify(entry)) as Kind;
    this.written.push(stored);
    return stored;
  }
}

export class Killed extends Error {}

/** What the search asks of an executor. */
export function fakeExecutor(threads = 2, bytesObtainable = 1e9): Executor {
  return { threads, pool: { bytesObtainable } } as unknown as Executor;
}

export function singular(): never {
  throw new NumericalError("the matrix is singular");
}
