import { uniformInt } from "pure-rand/distribution/uniformInt";
import { NumericalError, ResourceError } from "../errors.js";
import { seededRandom } from "../math/random.js";
import type { ClusterCutoff, SpeciesMode } from "../descriptors/cluster/basis.js";
import { printNotation } from "../models/composed/notation.js";
import { countParameters, layoutParameters } from "../models/composed/parameters.js";
import type { ComposedForm } from "../models/composed/tree.js";
import { throwIfAborted } from "../parallel/executor.js";
import { TimeLimit } from "./time-limit.js";
import type { Journal } from "../tune/journal/journal.js";
import { type AcceptanceRules, bestOf, judge, mayReplace, scoreOfLoss } from "./acceptance.js";
import { BudgetClock, type ComposeBudget } from "./budget.js";
import { type CandidateEntry, type CandidateEvaluator, type CandidateEvaluation, isTrained, type Phase, scoreOf, sizeOf, type TrainedEntry, type Decision } from "./candidate.js";
import type { ComposeListener } from "./compose-events.js";
import { type ComposeResult, resultOf } from "./compose-result.js";
import { canonicalKey } from "./moves/canonical-key.js";
import { drawExponents, jitteredValues } from "./moves/draw.js";
import type { Move, MoveKind, SizeLimits } from "./moves/move.js";
import { proposals } from "./moves/propose.js";
import { poolForms } from "./pool.js";
import { type Block, blocksOf } from "./prune/blocks.js";
import { dropCost } from "./prune/drop-cost.js";
import { SearchJournal } from "./search-journal.js";
import { startForm, type ValuedForm, valuedForm } from "./valued-form.js";

/** What is searched, and by which rules. */
export interface ComposeOptions {
  readonly cutoff: ClusterCutoff;
  /** Terms that the search starts from, one leaf each, in the notation. */
  readonly pool: readonly string[];
  readonly species: SpeciesMode;
  readonly limits: SizeLimits;
  readonly rules: AcceptanceRules;
  readonly budget: ComposeBudget;
  /** Starts beside the parent's values, with jittered ones. */
  readonly restarts: number;
  /** Whether parts are dropped in the end. */
  readonly prune: boolean;
  readonly seed: number;
}

/** Where a search is made and watched. */
export interface ComposeContext {
  /** Keeps every candidate, and has those of earlier sessions. */
  readonly journal: Journal;
  /** Ends the search with a CancelledError. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of every candidate. */
  readonly onEvent?: ComposeListener | undefined;
}

/** Coefficients of a term that may be multiplied with and added, at most. */
const SMALL_TERM = 9;
/** Parts that are tried without success before pruning stops. */
const FAILED_BLOCKS = 3;

/**
 * Grows a composed potential from single terms: round after round the move that lowers the validation loss most, then what is not needed is dropped.
 * What the journal holds is not done again, so that a resumed search takes the same path and goes on with the same bits.
 * @throws {InvalidParameterError} for a pool that is none, a budget of nothing, a journal of another path; {NumericalError} when no term can be trained;
 * {CancelledError}
 */
export async function composePotential(evaluator: CandidateEvaluator, options: ComposeOptions, context: ComposeContext): Promise<ComposeResult> {
  return new ComposeSearch(evaluator, options, context).run();
}

/** A candidate before it is trained. */
interface Plan {
  readonly phase: Phase;
  readonly round: number;
  readonly move: MoveKind;
  readonly at: string;
  readonly parent: number | null;
  readonly form: ComposedForm;
  /** Absent: starts are searched. */
  readonly start?: ValuedForm;
  /** Of a candidate with metrics, beside the decision that it is asked for. */
  readonly verdict: (trained: TrainedEntry) => { readonly decision: Decision; readonly reason: string };
}

class ComposeSearch {
  private readonly journal: SearchJournal;
  private readonly clock: BudgetClock;
  private readonly entries: CandidateEntry[] = [];
  private readonly forms = new Map<number, ComposedForm>();
  private readonly tried = new Set<string>();
  private readonly incumbents: number[] = [];
  private readonly ends: Partial<Record<"growth" | "prune", string>> = {};
  private isSpent = false;

  constructor(
    private readonly evaluator: CandidateEvaluator,
    private readonly options: ComposeOptions,
    private readonly context: ComposeContext,
  ) {
    this.journal = new SearchJournal(context.journal);
    this.clock = new BudgetClock(options.budget, this.journal.elapsed, options.prune);
  }

  async run(): Promise<ComposeResult> {
    await this.trainPool();
    await this.grow();
    if (this.options.prune) await this.prune();
    return resultOf(this.entries, this.forms, this.incumbents, { ends: this.ends, isSpent: this.isSpent, elapsed: this.clock.elapsed });
  }

  private async trainPool(): Promise<void> {
    const { pool, species, cutoff } = this.options;
    for (const form of poolForms(pool, { cutoff, species })) {
      const key = canonicalKey(form);
      if (this.tried.has(key)) continue;
      this.tried.add(key);
      if (this.entries.length > 0 && !this.mayGoOn("growth")) break;
      const verdict: Plan["verdict"] = () => ({ decision: "eligible", reason: "a term of the pool" });
      if (!(await this.evaluate({ phase: "pool", round: 0, move: "start", at: "root", parent: null, form, verdict }))) break;
    }
    const best = bestOf(this.entries.filter(isTrained).map(scoreOf), { tolerance: 0 });
    if (!best) throw new NumericalError(`no term of the pool could be trained: ${this.entries[0].reason}`);
    this.take(best.id, 0);
  }

  private async grow(): Promise<void> {
    for (let round = 1; this.ends.growth === undefined; round++) {
      const parent = this.incumbent;
      const moves = proposals(this.valuedOf(parent), { limits: this.options.limits, term: this.smallTerm(), tried: this.tried });
      const found: TrainedEntry[] = [];
      for (const { move, start } of moves) {
        if (!this.mayGoOn("growth")) break;
        const entry = await this.evaluate(this.growthPlan(round, move, parent, start.form));
        if (!entry) break;
        if (entry.decision === "eligible" && isTrained(entry)) found.push(entry);
      }
      const best = bestOf(found.map(scoreOf), this.options.rules);
      if (best) this.take(best.id, round);
      else this.endGrowth(moves.length === 0 ? "no move is left within the limits" : "no move of the last round was accepted", round);
    }
  }

  private growthPlan(round: number, { kind, at, to }: Move, parent: TrainedEntry, form: ComposedForm): Plan {
    const verdict: Plan["verdict"] = (trained) => {
      const { isEligible, reason } = judge(scoreOf(trained), scoreOf(parent), this.options.rules);
      return { decision: isEligible ? "eligible" : "refused", reason };
    };
    return { phase: "growth", round, move: kind, at, parent: parent.id, form, start: to, verdict };
  }

  private endGrowth(reason: string, round: number): void {
    if (this.ends.growth === undefined) {
      const known = this.journal.takeEnd(false);
      this.ends.growth = known?.reason ?? reason;
      if (!known) this.journal.append({ kind: "end", phase: "growth", reason, isByBudget: false, elapsed: this.clock.elapsed });
    }
    if (!this.journal.isReplaying) this.journal.append({ kind: "round", round, accepted: null, elapsed: this.clock.elapsed });
    this.context.onEvent?.({ kind: "round", round, accepted: undefined, reason: this.ends.growth, share: this.clock.share });
  }

  private async prune(): Promise<void> {
    const best = this.incumbent;
    let blocks = await this.rankedBlocks();
    for (let round = 1, failed = 0; blocks.length > 0 && failed < FAILED_BLOCKS; ) {
      if (!this.mayGoOn("prune")) return;
      const [block, ...others] = blocks;
      const entry = await this.evaluate(this.prunePlan(round, block, best));
      if (!entry) return;
      if (entry.decision === "kept") {
        this.take(entry.id, round);
        round++;
        failed = 0;
        blocks = await this.rankedBlocks();
      } else {
        failed++;
        blocks = others;
      }
    }
    this.ends.prune = blocks.length > 0 ? `the ${FAILED_BLOCKS} cheapest parts are needed` : "no part is left that could be dropped";
    if (!this.journal.isReplaying) this.journal.append({ kind: "end", phase: "prune", reason: this.ends.prune, isByBudget: false, elapsed: this.clock.elapsed });
  }

  private prunePlan(round: number, { what, start }: Block, best: TrainedEntry): Plan {
    const verdict: Plan["verdict"] = ({ u }) => {
      const { isEligible, reason } = mayReplace({ u }, best, this.options.rules);
      return { decision: isEligible ? "kept" : "refused", reason };
    };
    const values = valuedForm(start.form, start.values, this.evaluator.nSpecies);
    return { phase: "prune", round, move: "prune", at: what, parent: this.incumbent.id, form: start.form, start: values, verdict };
  }

  /** The cheapest first, factors of products after all others. */
  private async rankedBlocks(): Promise<Block[]> {
    const { id, parameters } = this.incumbent;
    const form = this.forms.get(id)!;
    const { places, ...minimum } = await this.evaluator.linearMinimum(form, parameters, this.context.signal);
    const columns = new Map(places.map((place, column) => [place, column]));
    const costOf = ({ coefficients }: Block): number => dropCost(minimum, coefficients.map((place) => columns.get(place)!));
    const ranked = blocksOf(form, parameters, this.valuedOf(this.incumbent)).map((block) => ({ block, cost: costOf(block) }));
    return ranked.sort((a, b) => Number(a.block.isFactor) - Number(b.block.isFactor) || a.cost - b.cost).map(({ block }) => block);
  }

  private mayGoOn(phase: "growth" | "prune"): boolean {
    throwIfAborted(this.context.signal);
    const spent = this.clock.endOf(phase);
    const known = phase === "growth" ? this.journal.takeEnd(spent === undefined) : undefined;
    const reason = known?.reason ?? (this.journal.isReplaying ? undefined : spent);
    if (reason === undefined) return true;
    this.isSpent ||= known?.isByBudget ?? true;
    if (known) this.ends[phase] = reason;
    else this.endByBudget(phase, reason);
    return false;
  }

  private endByBudget(phase: "growth" | "prune", reason: string): void {
    this.ends[phase] = reason;
    this.isSpent = true;
    this.journal.append({ kind: "end", phase, reason, isByBudget: true, elapsed: this.clock.elapsed });
  }

  /** @returns undefined where the time of its phase ran out while it was trained: it is not kept, so that a longer search trains it to the end */
  private async evaluate(plan: Plan): Promise<CandidateEntry | undefined> {
    const { phase, round, move, at, parent, form } = plan;
    const id = this.entries.length;
    const counts = countParameters(layoutParameters(form, this.evaluator.nSpecies));
    const place = { kind: "candidate", id, phase, round, move, at, parent, notation: printNotation(form), counts } as const;
    const known = this.journal.takeCandidate(place);
    if (!known) this.context.onEvent?.({ kind: "begin", id, phase, round, move, at, notation: place.notation, counts, share: this.clock.share });
    const entry = known ?? (await this.trained(plan, place));
    if (!entry) return undefined;
    this.entries.push(entry);
    this.forms.set(id, form);
    this.clock.count();
    this.context.onEvent?.({ kind: "candidate", entry, isReplayed: known !== undefined, share: this.clock.share, elapsed: this.clock.elapsed });
    return entry;
  }

  private async trained(plan: Plan, place: Omit<CandidateEntry, "decision" | "reason" | "seconds" | "elapsed">): Promise<CandidateEntry | undefined> {
    const began = performance.now();
    const budgetPhase = plan.phase === "prune" ? "prune" : "growth";
    // there has to be one candidate
    const limit = new TimeLimit(this.context.signal, this.entries.length === 0 ? Infinity : this.clock.secondsLeft(budgetPhase));
    let outcome: (CandidateEvaluation & Pick<TrainedEntry, "u">) | undefined;
    let verdict: ReturnType<Plan["verdict"]> = { decision: "failed", reason: "" };
    try {
      const evaluation = await this.trainedForm(plan, place.id, limit.signal);
      if (!Number.isFinite(evaluation.loss.validation)) throw new NumericalError(`the loss of the validation structures is ${evaluation.loss.validation}`);
      outcome = { ...evaluation, u: scoreOfLoss(evaluation.loss.validation) };
      verdict = plan.verdict({ ...place, ...outcome, ...verdict, seconds: 0, elapsed: 0 });
    } catch (error) {
      throwIfAborted(this.context.signal);
      if (limit.isOver) {
        this.endByBudget(budgetPhase, `${this.clock.endOf(budgetPhase) ?? "the time is used"}, while ${place.notation} was trained`);
        return undefined;
      }
      if (!(error instanceof NumericalError || error instanceof ResourceError)) throw error;
      verdict = { decision: "failed", reason: error.message };
    } finally {
      limit.clear();
    }
    const seconds = (performance.now() - began) / 1000;
    return this.journal.append({ ...place, ...outcome, ...verdict, seconds, elapsed: this.clock.elapsed });
  }

  /** Random numbers come from the seed and the id alone, so that a candidate that was broken off is the same when it is repeated. */
  private async trainedForm({ form, start }: Plan, id: number, signal: AbortSignal): Promise<CandidateEvaluation> {
    const random = seededRandom(this.options.seed + id * 2 ** 32);
    const seed = uniformInt(random, 0, 0x7fffffff);
    if (!start) return this.evaluator.evaluate({ form, fresh: [], seed, signal });
    const { values, fresh } = startForm(await drawExponents(start, random, this.evaluator.largestFeature));
    const jittered = Array.from({ length: this.options.restarts }, () => jitteredValues(form, values, this.evaluator.nSpecies, random));
    return this.evaluator.evaluate({ form, starts: [values, ...jittered], fresh, seed, signal });
  }

  private take(id: number, round: number): void {
    this.incumbents.push(id);
    if (!this.journal.isReplaying) this.journal.append({ kind: "round", round, accepted: id, elapsed: this.clock.elapsed });
    this.context.onEvent?.({ kind: "round", round, accepted: this.incumbent, reason: this.incumbent.reason, share: this.clock.share });
  }

  private get incumbent(): TrainedEntry {
    return this.entries[this.incumbents.at(-1)!] as TrainedEntry;
  }

  private valuedOf({ id, parameters }: TrainedEntry): ValuedForm {
    return valuedForm(this.forms.get(id)!, parameters, this.evaluator.nSpecies);
  }

  /** The small term of the pool that is conditioned best; where none is small, the smallest. */
  private smallTerm(): ValuedForm | undefined {
    const pool = this.entries.filter(isTrained).filter(({ phase }) => phase === "pool");
    const { nSpecies } = this.evaluator;
    const coefficients = ({ id }: TrainedEntry): number => layoutParameters(this.forms.get(id)!, nSpecies).parameters.filter(({ kind }) => kind === "coefficient").length;
    const small = pool.filter((entry) => coefficients(entry) <= SMALL_TERM);
    const kappa = ({ spectrum: { log10KappaScaled } }: TrainedEntry): number => log10KappaScaled ?? Infinity;
    const best = small.length > 0 ? least(small, kappa) : least(pool, sizeOf);
    return best && this.valuedOf(best);
  }
}

/** The first of those with the least value. */
function least<Item>(items: readonly Item[], valueOf: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>((best, item) => (best !== undefined && !(valueOf(item) < valueOf(best)) ? best : item), undefined);
}
