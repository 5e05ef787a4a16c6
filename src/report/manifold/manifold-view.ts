import type { Blindness } from "../../analysis/manifolds/blindness.js";
import type { Manifold } from "../../analysis/manifolds/manifold.js";
import type { Sensitivity } from "../../analysis/sensitivity/sensitivity.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";

/** What one descriptor sees of an environment, for pictures and plots. */
export interface ManifoldView {
  /** Of the descriptor, as readers know it. */
  readonly name: string;
  /** Where the path begins. */
  readonly environment: SingleEnvironment;
  /** There, with the center fixed. */
  readonly sensitivity: Sensitivity;
  /** Why singular values are 0, see `describeBlindDirections`. */
  readonly zeros?: readonly string[] | undefined;
  /** Along the softest direction. */
  readonly manifold?: Manifold | undefined;
  /** Of the manifold. */
  readonly blindness?: Blindness | undefined;
}

/** Everything a page on the sensitivity of descriptors shows. Plain data; every text may hold any characters. */
export interface ManifoldReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** Below it. */
  readonly description?: string | undefined;
  /** At least one; the same environment by several descriptors, or several environments. */
  readonly views: readonly ManifoldView[];
  /** Versions, files … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[] | undefined;
}
