/** What went wrong, as a stable word that programs can test. */
export type ErrorCode =
  | "INVALID_PARAMETER"
  | "INVALID_STRUCTURE"
  | "FORMAT"
  | "NUMERICAL"
  | "RESOURCE"
  | "CANCELLED"
  | "INTERNAL";

/** Base of every error that pestle raises on purpose. `isUserError` decides the exit status of the command line (2 or 1). */
export class PestleError extends Error {
  /** For programs: stays the same when the wording of a message changes. */
  readonly code: ErrorCode;
  /** Whether the caller can mend it: input, parameters, files. False for bugs and failing machines. */
  readonly isUserError: boolean;

  constructor(code: ErrorCode, message: string, isUserError: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.isUserError = isUserError;
  }
}

/** What is wrong with a parameter, as data. */
export interface ParameterProblem {
  /** Keys and list positions that lead to it: to the key itself where that is unknown. */
  readonly path: readonly PropertyKey[];
  /** The key is unknown, the value is missing or not of those allowed, or a rule about several values is broken. */
  readonly kind: "unknown-key" | "missing" | "value" | "rule";
}

/** A parameter, option or configuration value that is not allowed. The message names the value, what is allowed and the remedy. */
export class InvalidParameterError extends PestleError {
  /** Known where options were compared with a schema. */
  readonly problem?: ParameterProblem;

  constructor(message: string, { problem, ...options }: ErrorOptions & { readonly problem?: ParameterProblem } = {}) {
    super("INVALID_PARAMETER", message, true, options);
    if (problem) this.problem = problem;
  }
}

/** A structure that cannot be evaluated: coincident atoms, a singular cell, an unknown species, a missing target. */
export class InvalidStructureError extends PestleError {
  constructor(message: string, options?: ErrorOptions) {
    super("INVALID_STRUCTURE", message, true, options);
  }
}

/** Where in a file something is wrong; lines and columns count from 1. */
export interface FileLocation {
  /** As given by the user. */
  readonly file: string;
  /** Absent where the file as a whole is wrong. */
  readonly line?: number;
  /** Absent where a whole line is wrong. */
  readonly column?: number;
}

/** A file that does not follow its format. */
export class FormatError extends PestleError {
  /** Also in front of the message, as file:line:column. */
  readonly location: FileLocation;
  /** The message without the place. */
  readonly reason: string;

  constructor(location: FileLocation, reason: string, options?: ErrorOptions) {
    const place = [location.file, location.line, location.column].filter((part) => part !== undefined).join(":");
    super("FORMAT", `${place}: ${reason}`, true, options);
    this.location = location;
    this.reason = reason;
  }
}

/** A computation that has no finite or unique answer: a matrix that is not positive definite, a fit without data. */
export class NumericalError extends PestleError {
  constructor(message: string, options?: ErrorOptions) {
    super("NUMERICAL", message, true, options);
  }
}

/** Not enough memory. The message names what needed it, how much, and how to need less. */
export class ResourceError extends PestleError {
  constructor(message: string, options?: ErrorOptions) {
    super("RESOURCE", message, true, options);
  }
}

/** The caller's AbortSignal fired. */
export class CancelledError extends PestleError {
  constructor(message = "cancelled", options?: ErrorOptions) {
    super("CANCELLED", message, true, options);
  }
}

/** A defect of pestle itself. */
export class InternalError extends PestleError {
  constructor(message: string, options?: ErrorOptions) {
    super("INTERNAL", message, false, options);
  }
}

/** An error in a form that survives a thread boundary. */
export interface SerializedError {
  /** Decides the class that is built from it. */
  readonly code: ErrorCode;
  /** Of a FormatError without its place. */
  readonly message: string;
  /** Of the thread that it was thrown on. */
  readonly stack?: string;
  /** Of a FormatError only. */
  readonly location?: FileLocation;
}

/** An error as plain data, which crosses threads; `deserializeError` makes the class it was of it again. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof FormatError) return { code: error.code, message: error.reason, stack: error.stack, location: error.location };
  if (error instanceof PestleError) return { code: error.code, message: error.message, stack: error.stack };
  if (error instanceof Error) return { code: "INTERNAL", message: `${error.name}: ${error.message}`, stack: error.stack };
  return { code: "INTERNAL", message: String(error) };
}

const constructors: Record<Exclude<ErrorCode, "FORMAT">, new (message: string) => PestleError> = {
  INVALID_PARAMETER: InvalidParameterError,
  INVALID_STRUCTURE: InvalidStructureError,
  NUMERICAL: NumericalError,
  RESOURCE: ResourceError,
  CANCELLED: CancelledError,
  INTERNAL: InternalError,
};

/** Rebuilds an error that crossed a thread boundary; `label` names what was being computed, for example one structure. */
export function deserializeError(serialized: SerializedError, label?: string): PestleError {
  const message = label ? `${label}: ${serialized.message}` : serialized.message;
  const error =
    serialized.code === "FORMAT"
      ? new FormatError(serialized.location ?? { file: "unknown file" }, message)
      : new constructors[serialized.code](message);
  if (serialized.stack) error.stack = serialized.stack;
  return error;
}
