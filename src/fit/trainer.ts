import type { z } from "zod";
import type { DescriptorParameters } from "../descriptors/registry.js";
import type { CachedEnvironments } from "../environments/cache/environment-cache.js";
import type { NamedFile } from "../file-path.js";
import type { KernelParameters } from "../kernels/registry.js";
import type { Model, Provenance } from "../models/model-type.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import type { Checkpoint, KeptParts } from "./checkpoint/checkpoint.js";
import type { FitPlan } from "./fit-plan.js";
import type { FitSummary } from "./fit-summary.js";
import type { Recall } from "./kept-results.js";
import type { PartialData } from "./partial-data.js";
import type { SigmaOptions } from "./sigma.js";

/** The `model` section of a fit file: `type` says which trainer it is for, the rest is the trainer's own. */
export interface ModelSection {
  /** Of the trainer and of the models that it makes. */
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The `fit` section of a fit file: the trainer's own. */
export type FitSection = Readonly<Record<string, unknown>>;

/** What a fit is asked for, as in a fit file: defaults may be left out. Plain data. */
export interface FitRequest {
  /** What is fitted. */
  readonly model: ModelSection;
  /** How; default: what the trainer's schema fills in. */
  readonly fit?: FitSection;
  /** Of everything that is random; default 1. */
  readonly seed?: number;
}

/** What a fit may be given besides its request and data. */
export interface FitContext {
  /** Stops between blocks of rows with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Hears of blocks of rows, and of structures that are described. */
  readonly onProgress?: ProgressListener;
  /** Stored in the model; `options` are filled in. */
  readonly provenance?: Provenance;
  /** Where described environments of the data set may be found; without it, they are described structure by structure. */
  readonly environments?: CachedEnvironments;
  /** Data that the fit is not made of, for errors on the way to the model, where it is made step by step; the model is the same without it. */
  readonly validation?: Dataset | undefined;
  /** Where parts of earlier fits to the same data set may be found; without it, everything is made anew. */
  readonly recall?: Recall;
  /** Where the fit keeps what it has done, to go on after its process has ended; without it, nowhere. */
  readonly checkpoint?: Checkpoint | undefined;
  /** What the checkpoint has of this fit; `withCheckpoint` sets it. */
  readonly kept?: KeptParts | undefined;
}

/** A fitted model with an account of the fit. */
export interface FitResult {
  /** Ready to predict and to store. */
  readonly model: Model;
  /** What the fit did. */
  readonly summary: FitSummary;
  /** Draws models from what the fit leaves open of its coefficients; absent where it does not tell, or was not asked for error bars. */
  readonly draw?: ((options: { readonly count: number; readonly seed: number }) => readonly Model[]) | undefined;
}

/** A descriptor that a model will have, with the symbols of its centers (default: all atoms). */
export interface DescriptorPart {
  /** Its section, with every default filled in. */
  readonly descriptor: DescriptorParameters;
  /** Chemical symbols; default: all atoms. */
  readonly centers?: readonly string[];
}

/** A descriptor whose environments a kernel compares. */
export interface KernelPart extends DescriptorPart {
  /** Its section, with every default filled in. */
  readonly kernel: KernelParameters;
}

/**
 * Makes models of one type from reference data: what fit files may say about them, what a fit takes, and the fit. All that stands above
 * `fit` (the command line, searches, reports) asks the trainer and knows no family of models. Methods take requests as they stand in a
 * fit file, defaults left out or not, and throw {InvalidParameterError} for those that the schemas refuse.
 */
export interface Trainer {
  /** `type` of the `model` section, and of the models that come out. */
  readonly type: string;
  /** What it makes of requests beyond what these say, such as another loss: plain data that its models depend on. Absent: nothing. */
  readonly variant?: unknown;
  /** The `model` section; its `type` is a literal. */
  readonly schema: ModelSectionSchema;
  /** The `fit` section. */
  readonly fitSchema: z.ZodType<FitSection>;
  /** What tables call the sizes of its summaries; others are shown by their names. */
  readonly sizeTitles: Readonly<Record<string, string>>;
  /** What the request reads from files: everything that its schemas mark with `filePath()`. */
  files(request: FitRequest): NamedFile[];
  /** In a few words, for titles: "soap + soap-turbo". */
  describe(request: FitRequest): string;
  /** What the user should be warned of before the fit, one sentence each. */
  notes(request: FitRequest): string[];
  /** The model section with every default in its place, those that follow from other values too: plain data. */
  complete(model: ModelSection): ModelSection;
  /** Chemical symbols that the request names. */
  species(request: FitRequest): string[];
  /** Descriptors of environments that the fit computes, for estimates of what caches will hold. */
  descriptors(request: FitRequest): readonly DescriptorPart[];
  /** Kernels between environments, in the order in which objectives count them; none where the model has no kernel. */
  kernels(request: FitRequest): readonly KernelPart[];
  /**
   * σ of the targets, of a fit that weighs them by `fit.sigma`: others may then stand in its place, for single targets by columns.
   * Undefined where targets have none.
   */
  sigma(request: FitRequest): SigmaOptions | undefined;
  /** The same fit for a part of the data; undefined when only energies are to be fitted and the request does not fit energies. */
  onPart(request: FitRequest, part: PartialData): FitRequest | undefined;
  /**
   * Shapes, memory and roughly the time, without computing anything.
   * @param room bytes of the WebAssembly memory; default: all that can be addressed
   */
  plan(request: FitRequest, dataset: Dataset, threads: number, room?: number): Promise<FitPlan>;
  /** WebAssembly memory of one fit beside the scratch of the threads, roughly, without reading files. */
  estimateBytes(request: FitRequest, dataset: Dataset, threads: number): number;
  /**
   * Floating-point operations that energy and forces of an atom take the model, by count, with the number of neighbors that is expected in
   * the data: a cost that is the same on every machine. Undefined where they are not counted.
   */
  operations(request: FitRequest, dataset: Dataset): number | undefined;
  /** {@link FitResult.draw} of a model that it has fitted, also one that was stored since. */
  drawFrom(model: Model): FitResult["draw"];
  /**
   * Fits a model. The same request and data give the same bits for any number of threads.
   * @throws {InvalidParameterError} for what the data does not have; {NumericalError}; {ResourceError}; {CancelledError}
   */
  train(request: FitRequest, dataset: Dataset, executor: Executor, context?: FitContext): Promise<FitResult>;
}

/** A zod object with a literal `type`. */
export type ModelSectionSchema = z.ZodObject<
  {
    /** Tells the kinds apart. */
    type: z.ZodLiteral<string>;
  } & z.ZodRawShape
>;

/** A request with every default filled in, of the types that the schemas of a trainer give. */
export interface CompleteRequest<Model, Fit> {
  /** The `model` section. */
  readonly model: Model;
  /** The `fit` section. */
  readonly fit: Fit;
  /** Of everything that is random. */
  readonly seed: number;
}

/** A trainer in terms of its own options, see {@link Trainer}. What is left out: no notes, no species, no descriptors, no kernels, no σ, no operations, nothing to draw from. */
export interface TrainerDefinition<ModelSchema extends z.ZodObject, FitSchema extends z.ZodType, Request = CompleteRequest<z.output<ModelSchema>, z.output<FitSchema>>> {
  /** {@inheritDoc Trainer.schema} */
  readonly schema: ModelSchema;
  /** {@inheritDoc Trainer.fitSchema} */
  readonly fitSchema: FitSchema;
  /** {@inheritDoc Trainer.sizeTitles} */
  readonly sizeTitles?: Readonly<Record<string, string>>;
  /** {@inheritDoc Trainer.describe} */
  describe(request: Request): string;
  /** {@inheritDoc Trainer.notes} */
  notes?(request: Request): string[];
  /** {@inheritDoc Trainer.complete} */
  complete?(model: z.output<ModelSchema>): unknown;
  /** {@inheritDoc Trainer.species} */
  species?(request: Request): string[];
  /** {@inheritDoc Trainer.descriptors} */
  descriptors?(request: Request): readonly DescriptorPart[];
  /** {@inheritDoc Trainer.kernels} */
  kernels?(request: Request): readonly KernelPart[];
  /** {@inheritDoc Trainer.sigma} */
  sigma?(request: Request): SigmaOptions | undefined;
  /** What changes in the fit section. */
  onPart(request: Request, part: PartialData): Partial<z.input<FitSchema>> | undefined;
  /** {@inheritDoc Trainer.plan} */
  plan(request: Request, dataset: Dataset, threads: number, room?: number): Promise<FitPlan>;
  /** {@inheritDoc Trainer.estimateBytes} */
  estimateBytes(request: Request, dataset: Dataset, threads: number): number;
  /** {@inheritDoc Trainer.operations} */
  operations?(request: Request, dataset: Dataset): number | undefined;
  /** {@inheritDoc Trainer.drawFrom} */
  drawFrom?(model: Model): FitResult["draw"];
  /** {@inheritDoc Trainer.train} */
  train(request: Request, dataset: Dataset, executor: Executor, context: FitContext): Promise<FitResult>;
}
