import fc from "fast-check";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/math/random.js";
import { boundaries } from "../../src/optimizers/particle-swarm/boundaries.js";
import { constrictionOf } from "../../src/optimizers/particle-swarm/options.js";
import { createOptimizer } from "../../src/optimizers/registry.js";
import type { StandardSwarmState } from "../../src/optimizers/particle-swarm/standard.js";
import type { Dimension, Point } from "../../src/optimizers/optimizer.js";
import { describeOptimizer } from "../contracts/optimizer.js";

const swarm = (options: Record<string, unknown> = {}) => createOptimizer({ type: "particle-swarm", ...options });
const continuous = (n: number): Dimension[] => Array.from({ length: n }, () => ({ kind: "continuous" }));

for (const [title, options] of Object.entries({
  "particle swarm": {},
  "constriction, ring, absorbing, velocity limit": { variant: "constriction", topology: "ring", boundaries: "absorb", velocityLimit: 0.2 },
  "decreasing inertia, resampling, restarts": { inertia: { from: 0.9, to: 0.4, generations: 10 }, boundaries: "resample", restartAfter: 2, particles: 5 },
  "periodic, wide ring": { boundaries: "periodic", topology: "ring", neighbors: 3, particles: 7 },
})) {
  describeOptimizer({ title, options: { type: "particle-swarm", ...options }, generations: 20, finishes: false, beginsAtStart: true });
}
describeOptimizer({
  title: "natarajan-caro",
  options: { type: "particle-swarm", variant: "natarajan-caro" },
  generations: 20,
  finishes: false,
  beginsAtStart: false,
});

/** Eqs. (14) to (16) of the paper one after the other, for one particle and dimension at a time. */
class PaperSwarm {
  private readonly random;
  readonly x: number[][] = [];
  private readonly local: number[][] = [];
  private readonly localLoss: number[] = [];

  constructor(
    readonly nParticles: number,
    readonly nDimensions: number,
    seed: number,
    readonly c1: number,
    readonly c2: number,
    readonly dt: number,
  ) {
    this.random = seededRandom(seed);
    for (let i = 0; i < nParticles; i++) {
      this.x[i] = [];
      for (let d = 0; d < nDimensions; d++) this.x[i][d] = 0 + uniformFloat64(this.random) * (1 - 0);
    }
  }

  step(losses: number[]): void {
    let global = 0;
    for (let i = 0; i < this.nParticles; i++) {
      if (this.localLoss[i] === undefined || losses[i] < this.localLoss[i]) {
        this.localLoss[i] = losses[i]!;
        this.local[i] = [...this.x[i]];
      }
      if (losses[i] < losses[global]) global = i;
    }
    const globalPosition = [...this.x[global]];
    for (let i = 0; i < this.nParticles; i++) {
      for (let d = 0; d < this.nDimensions; d++) {
        const r1 = uniformFloat64(this.random);
        const r2 = uniformFloat64(this.random);
        const v = (this.c1 * r1 * (this.local[i][d] - this.x[i][d])) / this.dt + (this.c2 * r2 * (globalPosition[d] - this.x[i][d])) / this.dt;
        this.x[i][d] = this.x[i][d] + v;
        if (this.x[i][d] < 0 || this.x[i][d] > 1) this.x[i][d] = uniformFloat64(this.random);
      }
    }
  }
}

describe("variant natarajan-caro", () => {
  it.each([
    [16, 3, 1, 2, 1],
    [20, 4, 1.5, 0.5, 2],
    [2, 1, 2, 2, 0.5],
  ])("is the paper's rule: %i particles, %i dimensions, C1 %d, C2 %d, Δt %d", (particles, n, c1, c2, dt) => {
    const paper = new PaperSwarm(particles, n, 9, c1, c2, dt);
    const optimizer = swarm({ variant: "natarajan-caro", particles, cognitiveCoefficient: c1, socialCoefficient: c2, timeStep: dt });
    let state = optimizer.init({ dimensions: continuous(n), seed: 9 });
    const loss = (point: Point): number => Math.sin(9 * point[0]) + point.reduce((sum, x) => sum + (x - 0.6) ** 2, 0);
    for (let generation = 0; generation < 30; generation++) {
      expect(optimizer.ask(state)).toEqual(paper.x);
      state = optimizer.tell(state, paper.x.map(loss));
      paper.step(paper.x.map(loss));
    }
  });

  it("has C1 = 1, C2 = 2, Δt = 1 and 16 particles by default", () => {
    const problem = { dimensions: continuous(2), seed: 2 };
    const given = swarm({ variant: "natarajan-caro", particles: 16, cognitiveCoefficient: 1, socialCoefficient: 2, timeStep: 1 });
    const losses = Array.from({ length: 16 }, (_, i) => (i * 7) % 5);
    const after = (optimizer: ReturnType<typeof swarm>) => optimizer.tell(optimizer.init(problem), losses);
    expect(after(swarm({ variant: "natarajan-caro" }))).toEqual(after(given));
  });

  it("is pulled by the best of the generation, not of all times", () => {
    // one dimension, no own pull: every step ends between a particle and the best of this generation, or anywhere if it overshoots
    const optimizer = swarm({ variant: "natarajan-caro", particles: 4, cognitiveCoefficient: 0, socialCoefficient: 1 });
    let state = optimizer.init({ dimensions: continuous(1), seed: 3 });
    state = optimizer.tell(state, [0, 5, 5, 5]);
    const points = optimizer.ask(state).map(([x]) => x);
    const next = optimizer.ask(optimizer.tell(state, [9, 9, 8, 9])).map(([x]) => x);
    expect(next[2]).toBe(points[2]);
    for (const i of [0, 1, 3]) {
      expect(Math.abs(next[i] - points[2]) <= Math.abs(points[i] - points[2])).toBe(true);
      expect((next[i] - points[2]) * (points[i] - points[2]) >= 0).toBe(true);
    }
  });

  it("rounds levels, so that the outer ones are half as likely", () => {
    const optimizer = swarm({ variant: "natarajan-caro", particles: 4000 });
    const points = optimizer.ask(optimizer.init({ dimensions: [{ kind: "ordered", levels: 3 }], seed: 1 }));
    const share = [0, 1, 2].map((level) => points.filter(([x]) => x === level).length / 4000);
    for (const [level, expected] of [0.25, 0.5, 0.25].entries()) expect(Math.abs(share[level] - expected) < 0.03).toBe(true);
  });

  it("has no options of the standard swarm", () => {
    for (const wrong of [{ inertia: 0.7 }, { velocityLimit: 1 }, { topology: "ring" }, { boundaries: "absorb" }, { restartAfter: 4 }]) {
      expect(() => swarm({ variant: "natarajan-caro", ...wrong })).toThrow(/not part of variant natarajan-caro/);
    }
  });
});

describe("the standard swarm", () => {
  it("has the constriction 0.7298 of Clerc & Kennedy, equal to an inertia of 0.7298 with 1.49618", () => {
    expect(Math.abs(constrictionOf(4.1) - 0.7298437881283576) < 1e-15).toBe(true);
    expect(Math.abs(constrictionOf(4.1) * 2.05 - 1.49618) < 1e-5).toBe(true);
    const problem = { dimensions: continuous(3), seed: 8 };
    const chi = constrictionOf(4.1);
    const constriction = swarm({ variant: "constriction" });
    const inertia = swarm({ inertia: chi, cognitiveCoefficient: chi * 2.05, socialCoefficient: chi * 2.05 });
    let states = [constriction.init(problem), inertia.init(problem)];
    for (let generation = 0; generation < 5; generation++) {
      const points = constriction.ask(states[0]);
      const difference = inertia.ask(states[1]).map((point, i) => point.map((x, d) => Math.abs(x - points[i][d])));
      expect(Math.max(...difference.flat()) < 1e-12).toBe(true);
      const losses = points.map((point) => point.reduce((sum, x) => sum + (x - 0.5) ** 2, 0));
      states = [constriction.tell(states[0], losses), inertia.tell(states[1], losses)];
    }
  });

  it("follows v = w v + c1 u1 (p − x) + c2 u2 (g − x) with the velocity limited", () => {
    const options = { particles: 3, inertia: 0.5, cognitiveCoefficient: 1.2, socialCoefficient: 0.8, velocityLimit: 0.15 };
    const optimizer = swarm(options);
    const first = optimizer.init({ dimensions: continuous(2), seed: 6 }) as StandardSwarmState;
    const second = optimizer.tell(first, [3, 1, 2]) as StandardSwarmState;
    let hasLimited = false;
    for (let i = 0; i < 3; i++) {
      for (let d = 0; d < 2; d++) {
        const x = first.positions[i][d];
        const kept = 0.5 * first.velocities[i][d];
        const pulls = [0, 0.8 * (first.positions[1][d] - x)];
        const low = Math.max(kept + Math.min(...pulls), -0.15);
        const high = Math.min(kept + Math.max(...pulls), 0.15);
        const moved = second.positions[i][d] - x;
        expect(moved >= Math.min(low, 0.15) - 1e-12 && moved <= Math.max(high, -0.15) + 1e-12).toBe(true);
        hasLimited ||= Math.abs(Math.abs(moved) - 0.15) < 1e-12;
      }
    }
    expect(hasLimited).toBe(true);
  });

  it("takes advice from all, or from the neighbors on the ring", () => {
    // without own pull and inertia a particle moves only if somebody it hears of is better
    const options = { particles: 6, inertia: 0, cognitiveCoefficient: 0, socialCoefficient: 1 };
    const losses = [0, 1, 1, 1, 1, 1];
    const moved = (optimizer: ReturnType<typeof swarm>): boolean[] => {
      const first = optimizer.init({ dimensions: continuous(1), seed: 1 }) as StandardSwarmState;
      const second = optimizer.tell(first, losses) as StandardSwarmState;
      return first.positions.map((position, i) => position[0] !== second.positions[i][0]);
    };
    expect(moved(swarm(options))).toEqual([false, true, true, true, true, true]);
    expect(moved(swarm({ ...options, topology: "ring" }))).toEqual([false, true, false, false, false, true]);
    expect(moved(swarm({ ...options, topology: "ring", neighbors: 2 }))).toEqual([false, true, true, false, true, true]);
  });

  it("restarts when it stagnates and keeps the best outside", () => {
    const optimizer = swarm({ particles: 4, restartAfter: 3 });
    let state = optimizer.init({ dimensions: continuous(2), seed: 2 }) as StandardSwarmState;
    const best = optimizer.ask(state)[1];
    state = optimizer.tell(state, [2, 1, 3, 4]) as StandardSwarmState;
    for (let i = 0; i < 2; i++) state = optimizer.tell(state, [5, 5, 5, 5]) as StandardSwarmState;
    expect(state.personalLosses).toEqual([2, 1, 3, 4]);
    state = optimizer.tell(state, [5, 5, 5, 5]) as StandardSwarmState;
    expect(state.personalLosses).toEqual([]);
    expect(state.best).toEqual({ point: best, loss: 1 });
    state = optimizer.tell(state, [7, 7, 6, 7]) as StandardSwarmState;
    expect(state.personalLosses).toEqual([7, 7, 6, 7]);
    expect(state.best).toEqual({ point: best, loss: 1 });
  });

  it("visits every level of a category and settles on the best", () => {
    const dimensions: Dimension[] = [{ kind: "categorical", levels: 5 }];
    const optimizer = swarm({ particles: 8 });
    let state = optimizer.init({ dimensions, seed: 1, start: [0] });
    const seen = new Set<number>();
    let chosen = 0;
    for (let generation = 0; generation < 40; generation++) {
      const points = optimizer.ask(state);
      for (const [level] of points) seen.add(level);
      chosen = points.filter(([level]) => level === 3).length;
      state = optimizer.tell(state, points.map(([level]) => (level === 3 ? 0 : 1)));
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(chosen).toBeGreaterThanOrEqual(6);
  });

  it("says which option does not fit the variant", () => {
    expect(() => swarm({ variant: "constriction", inertia: 0.5 })).toThrow(/inertia belongs to/);
    expect(() => swarm({ variant: "constriction", cognitiveCoefficient: 1 })).toThrow(/more than 4/);
    expect(() => swarm({ neighbors: 2 })).toThrow(/topology ring/);
    expect(() => swarm({ timeStep: 2 })).toThrow(/natarajan-caro/);
    expect(() => createOptimizer({ type: "particle-swarn" })).toThrow(/did you mean "particle-swarm"/i);
  });
});

describe("boundaries", () => {
  const outside = fc.double({ min: -50, max: 50, noNaN: true }).filter((x) => x < 0 || x > 1);

  it("bring every coordinate back inside", () => {
    const random = seededRandom(1);
    fc.assert(
      fc.property(outside, fc.double({ min: -9, max: 9, noNaN: true }), (x, v) => {
        for (const boundary of Object.values(boundaries)) {
          const { position } = boundary(x, v, random);
          expect(position >= 0 && position <= 1).toBe(true);
        }
      }),
    );
  });

  it.each([
    ["reflect", -0.25, 0.25, 1],
    ["reflect", 1.25, 0.75, 1],
    ["reflect", 2.25, 0.25, -1],
    ["reflect", -1.25, 0.75, -1],
    ["absorb", -0.25, 0, 0],
    ["absorb", 1.25, 1, 0],
    ["periodic", -0.25, 0.75, -1],
    ["periodic", 1.25, 0.25, -1],
  ] as const)("%s takes %d to %d", (name, from, to, velocity) => {
    const motion = boundaries[name](from, -1, seededRandom(1));
    expect(motion.position).toBe(to);
    expect(motion.velocity).toBe(velocity);
  });
});
