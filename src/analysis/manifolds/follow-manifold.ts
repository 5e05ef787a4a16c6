import type { EnvironmentDerivatives, EnvironmentDescriber } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import type { Workspace } from "../../linalg/dense.js";
import { throwIfAborted } from "../../parallel/executor.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { type Sensitivity, sensitivityFrom } from "../sensitivity/sensitivity.js";
import { rotatedDistance } from "./displacement.js";
import { fourBodyEnergy } from "./four-body-energy.js";
import { type Manifold, type ManifoldEnd, type ManifoldOptions, type ManifoldPoint, summarizePath } from "./manifold.js";

/** Singular values below this part of the largest are 0 up to rounding. */
const ZERO = 1e-12;
/** Singular values below this part of the largest are not corrected along: they are soft, too. */
const STIFF = 1e-3;
/** Steps become at most as much longer and shorter than the one that was asked for. */
const [LONGEST, SHORTEST] = [4, 1 / 64];
/** ms: as long it computes before others have a turn. */
const TURN = 50;

/** Where a path is. */
interface Place {
  readonly environment: SingleEnvironment;
  readonly derivatives: EnvironmentDerivatives;
  readonly sensitivity: Sensitivity;
}

/**
 * Follows the softest direction of a fingerprint, that of the smallest singular value of ∂X/∂R, from an environment on: the atoms move and the fingerprint
 * hardly changes. The center stays. Midpoint rule: u₁ = u(x), u₂ = u(x + ½ h u₁) with the sign of u₁, x ← x + h u₂; the first direction has its largest
 * component positive. Parsaeifard & Goedecker, J. Chem. Phys. 156, 034302 (2022), doi:10.1063/5.0070488. See docs/theory/sensitivity.md.
 * @throws {InvalidParameterError} for options out of range, an environment with nothing to move, a fingerprint that turns
 * @throws {InvalidStructureError} for atoms that coincide
 * @throws {CancelledError}
 */
export async function followManifold(space: Workspace, describer: EnvironmentDescriber, start: SingleEnvironment, options: ManifoldOptions = {}): Promise<Manifold> {
  const path = new Path(space, describer, start, options);
  let paused = performance.now();
  while (!path.ended) {
    throwIfAborted(options.signal);
    if (performance.now() - paused > TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      paused = performance.now();
    }
    path.advance();
  }
  return summarizePath(path.points, path.ended.end, path.ended.message);
}

/** A path as far as it has come. */
class Path {
  readonly points: ManifoldPoint[] = [];
  ended: { readonly end: ManifoldEnd; readonly message: string } | undefined;
  private readonly first: Place;
  private readonly referenceValues: Float64Array | undefined;
  private place: Place;
  private direction: Float64Array;
  private step: number;
  private farthest = 0;

  constructor(
    private readonly space: Workspace,
    private readonly describer: EnvironmentDescriber,
    start: SingleEnvironment,
    private readonly options: ManifoldOptions,
  ) {
    checkOptions(options);
    if (describer.descriptor.turns) throw new InvalidParameterError(`the rows of ${describer.descriptor.name} turn with the structure; manifolds need rows that do not, such as those of soap`);
    if (start.neighbors.length === 0) throw new InvalidParameterError(`${start.label} has no neighbors, so there is nothing to move`);
    this.first = this.place = this.placeAt(start.displacements, start);
    this.referenceValues = options.reference?.values(start);
    this.direction = softest(this.place.sensitivity);
    this.step = options.step ?? 0.01;
    this.arrive(0);
  }

  /** One step; the path may end before it or behind it. */
  advance(): void {
    const { environment } = this.place;
    const { turn } = this.options;
    const ahead = signedLike(softest(this.place.sensitivity), this.direction);
    for (;;) {
      const middle = this.placeAt(moved(environment.displacements, ahead, this.step / 2));
      const direction = signedLike(softest(middle.sensitivity), ahead);
      const turned = Math.acos(Math.min(1, dot(direction, ahead)));
      if (turn !== undefined && turned > turn) {
        if (!this.shorten()) return this.end("turning", `the direction turns by more than ${turn} radians in the smallest step`);
        continue;
      }
      const length = this.step;
      this.place = this.corrected(this.placeAt(moved(environment.displacements, direction, length)));
      this.direction = direction;
      if (turn !== undefined && turned < turn / 3) this.step = Math.min(1.5 * length, LONGEST * (this.options.step ?? 0.01));
      return this.arrive(length);
    }
  }

  private shorten(): boolean {
    this.step /= 2;
    return this.step >= SHORTEST * (this.options.step ?? 0.01);
  }

  /** Takes down where the path is and whether it goes on. */
  private arrive(length: number): void {
    const { environment, derivatives, sensitivity } = this.place;
    const { reference, energy } = this.options;
    const { displacements } = environment;
    const values = sensitivity.singularValues;
    const own = energy ?? (environment.neighbors.length === 4 ? (): number => fourBodyEnergy(displacements) : undefined);
    const point: ManifoldPoint = {
      pathLength: (this.points.at(-1)?.pathLength ?? 0) + length,
      displacements,
      variation: distance(derivatives.values, this.first.derivatives.values),
      displacement: rotatedDistance(displacements, this.first.environment.displacements),
      referenceDistance: this.referenceValues && distance(reference!.values(environment), this.referenceValues),
      energy: own?.(environment),
      singularValues: { largest: values[0], next: values.length > 1 ? values.at(-2) : undefined, softest: values.at(-1)! },
    };
    this.points.push(point);
    this.options.onPoint?.(point);
    this.judge(point, length);
  }

  private judge(point: ManifoldPoint, length: number): void {
    const { closes = true, stiffness = Infinity, separation = 1.5, closest = 0.7 } = this.options;
    const { largest, next, softest: last } = point.singularValues;
    this.farthest = Math.max(this.farthest, point.displacement);
    const near = nearestAtoms(this.place.environment);
    if (near.distance < closest) return this.end("close-atoms", `${near.names} come within ${near.distance.toFixed(3)} Å, below ${closest} Å`);
    if (last > stiffness * largest) return this.end("stiff", `the softest direction has ${(last / largest).toExponential(1)} of the largest singular value, above ${stiffness}`);
    if (next !== undefined && !(next > separation * Math.max(last, ZERO * largest))) return this.end("crossing", `the next direction is less than ${separation} times as stiff as the softest`);
    if (closes && this.farthest > 4 * length && point.displacement < Math.min(2 * length, this.farthest)) {
      return this.end("closed", `the path is back within ${point.displacement.toFixed(4)} Å of its beginning`);
    }
    const wanted = this.options.length ?? 2;
    const left = wanted - point.pathLength;
    if (left < 1e-9 * wanted) return this.end("length", `the path is ${wanted} Å long`);
    this.step = Math.min(this.step, left);
  }

  private end(end: ManifoldEnd, message: string): void {
    this.ended = { end, message };
  }

  private placeAt(displacements: Float64Array, like: SingleEnvironment = this.first.environment): Place {
    const environment = { ...like, displacements };
    const derivatives = this.describer.derivatives(environment);
    return { environment, derivatives, sensitivity: sensitivityFrom(this.space, this.describer.descriptor, environment, derivatives) };
  }

  /** Newton's steps back to the fingerprint of the beginning, along all stiff directions but the softest. */
  private corrected(place: Place): Place {
    let current = place;
    for (let k = 0; k < (this.options.corrections ?? 0); k++) {
      current = this.placeAt(moved(current.environment.displacements, correction(current, this.first.derivatives.values), 1));
    }
    return current;
  }
}

/** −V diag(1/s) Uᵀ (F − F₀) over the stiff directions. */
function correction({ derivatives: { values, jacobian }, sensitivity: { singularValues, modes } }: Place, target: Float64Array): Float64Array {
  const n = modes.length / singularValues.length;
  const rest = values.map((value, f) => value - target[f]);
  const pull = Float64Array.from({ length: n }, (_, k) => dot(jacobian.subarray(k * rest.length, (k + 1) * rest.length), rest));
  const change = new Float64Array(n);
  for (let k = 0; k < singularValues.length - 1 && singularValues[k] > STIFF * singularValues[0]; k++) {
    const mode = modes.subarray(k * n, (k + 1) * n);
    const by = dot(mode, pull) / singularValues[k] ** 2;
    for (let i = 0; i < n; i++) change[i] -= by * mode[i];
  }
  return change;
}

function checkOptions({ step = 0.01, length = 2, turn = 0.1, corrections = 0, stiffness = 1, separation = 1.5, closest = 0.7 }: ManifoldOptions): void {
  const positive = { step, length, turn, stiffness };
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0)) throw new InvalidParameterError(`${name} is ${value}; it must be a number above 0`);
  }
  for (const [name, value] of Object.entries({ separation, closest })) {
    if (!(value >= 0)) throw new InvalidParameterError(`${name} is ${value}; it must be a number, not below 0`);
  }
  if (!(Number.isInteger(corrections) && corrections >= 0 && corrections <= 3)) throw new InvalidParameterError(`corrections is ${corrections}; 0 … 3 are allowed`);
  if (!(step <= 0.5)) throw new InvalidParameterError(`step is ${step} Å; at most 0.5 Å is allowed`);
}

function softest({ modes, singularValues, scales }: Sensitivity): Float64Array {
  return modes.slice((singularValues.length - 1) * scales.length);
}

function signedLike(vector: Float64Array, other: Float64Array): Float64Array {
  return dot(vector, other) < 0 ? vector.map((value) => -value) : vector;
}

function moved(positions: Float64Array, direction: Float64Array, by: number): Float64Array {
  return positions.map((value, k) => value + by * direction[k]);
}

/** The two atoms that are nearest to each other, the center among them. */
function nearestAtoms({ center, neighbors, displacements }: SingleEnvironment): { readonly distance: number; readonly names: string } {
  const positions = Float64Array.of(0, 0, 0, ...displacements);
  let best = { distance: Infinity, names: "" };
  const nameOf = (j: number): string => (j === 0 ? `the center (${symbolOf(center)})` : `neighbor ${j} (${symbolOf(neighbors[j - 1])})`);
  for (let i = 0; i <= neighbors.length; i++) {
    for (let j = 0; j < i; j++) {
      const own = distance(positions.subarray(3 * i, 3 * i + 3), positions.subarray(3 * j, 3 * j + 3));
      if (own < best.distance) best = { distance: own, names: `${nameOf(j)} and ${nameOf(i)}` };
    }
  }
  return best;
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2;
  return Math.sqrt(sum);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
