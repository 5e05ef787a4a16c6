import type { EnvironmentDerivatives, EnvironmentDescriber } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import type { Workspace } from "../../linalg/dense.js";
import { throwIfAborted } from "../../parallel/executor.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { type Sensitivity, sensitivityFrom } from "../sensitivity/sensitivity.js";
import { correction } from "./correction.js";
import { rotatedDistance } from "./displacement.js";
import { fourBodyEnergy } from "./four-body-energy.js";
import { type Manifold, type ManifoldEnd, type ManifoldOptions, type ManifoldPoint, summarizePath } from "./manifold.js";
import { angle, continuedTangent, distance, isApart, softestTangent, type Tangent } from "./tangent.js";

/** Steps become at most as much longer and shorter than the one that was asked for. */
const [LONGEST, SHORTEST] = [4, 1 / 64];
/** ms: as long it computes before others have a turn. */
const TURN = 50;

/** Where a path is, and along which direction it goes there. */
interface Place {
  readonly environment: SingleEnvironment;
  readonly derivatives: EnvironmentDerivatives;
  readonly sensitivity: Sensitivity;
  readonly tangent: Tangent;
}

/**
 * Follows the softest direction of a fingerprint, that of the smallest singular value of ∂X/∂R, from an environment on: the atoms move and the fingerprint
 * hardly changes. The center stays. Midpoint rule: u₁ = u(x), u₂ = u(x + ½ h u₁) with the sign of u₁, x ← x + h u₂; the first direction has its largest
 * component positive. Where others become as soft, it goes on along the direction that it had. Parsaeifard & Goedecker, J. Chem. Phys. 156, 034302 (2022), doi:10.1063/5.0070488. See docs/theory/sensitivity.md.
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
    this.first = this.place = this.placeAt(start.displacements, undefined, start);
    this.referenceValues = options.reference?.values(start);
    this.step = options.step ?? 0.01;
    this.arrive(0);
  }

  /** One step; the path may end before it or behind it. */
  advance(): void {
    const { displacements } = this.place.environment;
    const ahead = this.place.tangent.direction;
    const { turn = Infinity } = this.options;
    for (;;) {
      const middle = this.placeAt(moved(displacements, ahead, this.step / 2), ahead).tangent.direction;
      const landed = this.placeAt(moved(displacements, middle, this.step), middle);
      // what lies ahead is looked at, too: a direction that another one takes the place of turns at once
      const turned = Math.max(angle(middle, ahead), angle(landed.tangent.direction, middle));
      if (turned > turn) {
        if (!this.shorten()) return this.end("turning", `the direction turns by more than ${turn} radians in the smallest step`);
        continue;
      }
      const length = this.step;
      this.place = this.corrected(landed, length);
      if (turned < turn / 3 && turn < Infinity) this.step = Math.min(1.5 * length, LONGEST * (this.options.step ?? 0.01));
      return this.arrive(length);
    }
  }

  private shorten(): boolean {
    this.step /= 2;
    return this.step >= SHORTEST * (this.options.step ?? 0.01);
  }

  /** Takes down where the path is and whether it goes on. */
  private arrive(length: number): void {
    const { environment, derivatives, sensitivity, tangent } = this.place;
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
      singularValues: { largest: values[0], next: values.length > 1 ? values.at(-2) : undefined, softest: values.at(-1)!, followed: values[tangent.mode] },
      nSofter: values.length - 1 - tangent.mode,
    };
    this.points.push(point);
    this.options.onPoint?.(point);
    this.judge(point, length);
  }

  private judge(point: ManifoldPoint, length: number): void {
    const { closes = true, stiffness = Infinity, separation = 1.5, closest = 0.7 } = this.options;
    const { largest, followed } = point.singularValues;
    this.farthest = Math.max(this.farthest, point.displacement);
    const near = nearestAtoms(this.place.environment);
    if (near.distance < closest) return this.end("close-atoms", `${near.names} come within ${near.distance.toFixed(3)} Å, below ${closest} Å`);
    if (followed > stiffness * largest) return this.end("stiff", `the direction has ${(followed / largest).toExponential(1)} of the largest singular value, above ${stiffness}`);
    const crossing = this.crossing(point, separation);
    if (crossing !== undefined) return this.end("crossing", crossing);
    if (closes && this.farthest > 4 * length && point.displacement < Math.min(2 * length, this.farthest)) {
      return this.end("closed", `the path is back within ${point.displacement.toFixed(4)} Å of its beginning`);
    }
    const wanted = this.options.length ?? 2;
    const left = wanted - point.pathLength;
    if (left < 1e-9 * wanted) return this.end("length", `the path is ${wanted} Å long`);
    this.step = Math.min(this.step, left);
  }

  /** What is said where another direction is about as soft as the one that is followed, or has become softer since the last point. */
  private crossing({ nSofter }: ManifoldPoint, separation: number): string | undefined {
    if (this.options.crossings === "follow" && this.points.length > 1) return undefined;
    const { sensitivity: { singularValues }, tangent } = this.place;
    if (separation > 0 && nSofter > 0) return "another direction has become softer than the one that is followed";
    return isApart(singularValues, tangent.mode, separation) ? undefined : `the next direction is less than ${separation} times as stiff as the softest`;
  }

  private end(end: ManifoldEnd, message: string): void {
    this.ended = { end, message };
  }

  /** @param before the direction that is followed, none at the beginning */
  private placeAt(displacements: Float64Array, before: Float64Array | undefined, like: SingleEnvironment = this.first.environment): Place {
    const environment = { ...like, displacements };
    const derivatives = this.describer.derivatives(environment);
    const sensitivity = sensitivityFrom(this.space, this.describer.descriptor, environment, derivatives);
    return { environment, derivatives, sensitivity, tangent: before ? continuedTangent(sensitivity, before) : softestTangent(sensitivity) };
  }

  /** Newton's steps back to the fingerprint of the beginning, along all stiff directions but the one that is followed. */
  private corrected(place: Place, length: number): Place {
    let current = place;
    for (let k = 0; k < (this.options.corrections ?? 0); k++) {
      const change = correction(current, this.first.derivatives.values, length);
      current = this.placeAt(moved(current.environment.displacements, change, 1), current.tangent.direction);
    }
    return current;
  }
}

function checkOptions({ step = 0.01, length = 2, turn = 0.1, corrections = 0, stiffness = 1, separation = 1.5, closest = 0.7, crossings = "end" }: ManifoldOptions): void {
  const positive = { step, length, turn, stiffness };
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0)) throw new InvalidParameterError(`${name} is ${value}; it must be a number above 0`);
  }
  for (const [name, value] of Object.entries({ separation, closest })) {
    if (!(value >= 0)) throw new InvalidParameterError(`${name} is ${value}; it must be a number, not below 0`);
  }
  if (!(Number.isInteger(corrections) && corrections >= 0 && corrections <= 3)) throw new InvalidParameterError(`corrections is ${corrections}; 0 … 3 are allowed`);
  if (crossings !== "end" && crossings !== "follow") throw new InvalidParameterError(`crossings is ${JSON.stringify(crossings)}; "end" and "follow" are allowed`);
  if (!(step <= 0.5)) throw new InvalidParameterError(`step is ${step} Å; at most 0.5 Å is allowed`);
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
