import { InternalError, ResourceError } from "../../errors.js";
import { NotReady } from "../../parallel/task.js";
import { digitBytes, loadedMpfr, loadMpfr, type MpfrBinding, NEAREST, NUMBER_BYTES, placeZeros, type Precise } from "./binding.js";

/** Where the memory of an arithmetic ended. */
export type PreciseMark = number & { readonly brand?: "mark" };

/**
 * Numbers of p bits, rounded to nearest by MPFR. A vector is one block of memory, so that an operation makes no objects: results are written to addresses.
 * Memory is a stack: take a `mark`, and `reset` to it.
 */
export class PreciseArithmetic {
  private readonly blocks: number[] = [];
  private readonly exponent: number;

  private constructor(
    private readonly mpfr: MpfrBinding,
    /** Of every number, p. */
    readonly bits: number,
  ) {
    if (!(Number.isInteger(bits) && bits >= 64 && bits <= 1 << 16)) throw new InternalError(`numbers of ${bits} bits`);
    this.exponent = mpfr.malloc(8);
  }

  /**
   * Loads the library where it is needed for the first time.
   * @throws {ResourceError} where it is not installed
   */
  static async open(bits: number): Promise<PreciseArithmetic> {
    return new PreciseArithmetic(await loadMpfr(), bits);
  }

  /**
   * The same in a task, which cannot wait.
   * @throws {NotReady} while the library is being loaded
   */
  static openInTask(bits: number): PreciseArithmetic {
    const mpfr = loadedMpfr();
    if (!mpfr) throw new NotReady(loadMpfr());
    return new PreciseArithmetic(mpfr, bits);
  }

  /** Bytes that each number takes. */
  get bytesPerNumber(): number {
    return NUMBER_BYTES + digitBytes(this.bits);
  }

  /**
   * Takes memory for a vector of zeros.
   * @throws {ResourceError} when there is none left
   */
  vector(length: number): Precise {
    const { mpfr, bits } = this;
    const bytes = Math.max(1, length) * this.bytesPerNumber;
    const address = mpfr.malloc(bytes);
    if (address === 0) throw new ResourceError(`${Math.ceil(bytes / 1e6)} MB for numbers of ${bits} bits are more than is left of the 32-bit memory of MPFR: take smaller structures`);
    this.blocks.push(address);
    placeZeros(mpfr, address, length, bits);
    return address;
  }

  /** One number, 0. */
  scalar(): Precise {
    return this.vector(1);
  }

  /** What is taken from now on is given back by `reset`. */
  mark(): PreciseMark {
    return this.blocks.length;
  }

  /** Gives back what was taken since the mark. */
  reset(mark: PreciseMark): void {
    for (const block of this.blocks.splice(mark)) this.mpfr.free(block);
  }

  /** Gives all memory back; the arithmetic is not to be used any more. */
  close(): void {
    this.reset(0);
    this.mpfr.free(this.exponent);
  }

  /** Of a vector that begins at `vector`. */
  at(vector: Precise, index: number): Precise {
    return vector + index * NUMBER_BYTES;
  }

  /** All bits of a vector, for another thread: see `load`. */
  save(vector: Precise, length: number): Uint8Array {
    return this.mpfr.mem.slice(vector, vector + length * this.bytesPerNumber);
  }

  /** A vector of what `save` of an arithmetic with as many bits has given. */
  load(saved: Uint8Array): Precise {
    const length = saved.length / this.bytesPerNumber;
    const vector = this.vector(length);
    const { mem } = this.mpfr;
    const heads = new Int32Array(mem.buffer, vector, 4 * length);
    const digits = Int32Array.from({ length }, (_, i) => heads[4 * i + 3]);
    mem.set(saved, vector);
    digits.forEach((address, i) => (heads[4 * i + 3] = address));
    return vector;
  }

  set(result: Precise, a: Precise): void {
    this.mpfr.mpfr_set(result, a, NEAREST);
  }

  /** Exactly, as a double has fewer bits. */
  setNumber(result: Precise, value: number): void {
    this.mpfr.mpfr_set_d(result, value, NEAREST);
  }

  /** The nearest number to a decimal one. */
  setText(result: Precise, text: string): void {
    if (this.mpfr.mpfr_set_string(result, text, 10, NEAREST) !== 0) throw new InternalError(`${text} is no number`);
  }

  /** The nearest double. */
  number(a: Precise): number {
    return this.mpfr.mpfr_get_d(a, NEAREST);
  }

  /** Of `length` numbers, the nearest doubles. */
  numbers(vector: Precise, length: number): Float64Array {
    return Float64Array.from({ length }, (_, i) => this.number(this.at(vector, i)));
  }

  /** Decimal, d.ddde±x, rounded to so many digits. */
  text(a: Precise, digits: number): string {
    const { mpfr } = this;
    if (mpfr.mpfr_number_p(a) === 0) return String(this.number(a));
    if (this.sign(a) === 0) return "0";
    const at = mpfr.mpfr_get_str(0, this.exponent, 10, digits, a, NEAREST);
    const { mem } = mpfr;
    let [sign, all] = ["", new TextDecoder().decode(mem.slice(at, mem.indexOf(0, at)))];
    const exponent = new Int32Array(mem.buffer, this.exponent, 1)[0] - 1;
    mpfr.mpfr_free_str(at);
    if (all.startsWith("-")) [sign, all] = ["-", all.slice(1)];
    return `${sign}${all[0]}${all.length > 1 ? `.${all.slice(1)}` : ""}e${exponent < 0 ? "" : "+"}${exponent}`;
  }

  add(result: Precise, a: Precise, b: Precise): void {
    this.mpfr.mpfr_add(result, a, b, NEAREST);
  }

  subtract(result: Precise, a: Precise, b: Precise): void {
    this.mpfr.mpfr_sub(result, a, b, NEAREST);
  }

  multiply(result: Precise, a: Precise, b: Precise): void {
    this.mpfr.mpfr_mul(result, a, b, NEAREST);
  }

  /** By a double. */
  scale(result: Precise, a: Precise, factor: number): void {
    this.mpfr.mpfr_mul_d(result, a, factor, NEAREST);
  }

  divide(result: Precise, a: Precise, b: Precise): void {
    this.mpfr.mpfr_div(result, a, b, NEAREST);
  }

  /** result ← a b + c */
  multiplyAdd(result: Precise, a: Precise, b: Precise, c: Precise): void {
    this.mpfr.mpfr_fma(result, a, b, c, NEAREST);
  }

  /** result ← a b − c */
  multiplySubtract(result: Precise, a: Precise, b: Precise, c: Precise): void {
    this.mpfr.mpfr_fms(result, a, b, c, NEAREST);
  }

  negate(result: Precise, a: Precise): void {
    this.mpfr.mpfr_neg(result, a, NEAREST);
  }

  absolute(result: Precise, a: Precise): void {
    this.mpfr.mpfr_abs(result, a, NEAREST);
  }

  squareRoot(result: Precise, a: Precise): void {
    this.mpfr.mpfr_sqrt(result, a, NEAREST);
  }

  exponential(result: Precise, a: Precise): void {
    this.mpfr.mpfr_exp(result, a, NEAREST);
  }

  logarithm(result: Precise, a: Precise): void {
    this.mpfr.mpfr_log(result, a, NEAREST);
  }

  logarithm10(result: Precise, a: Precise): void {
    this.mpfr.mpfr_log10(result, a, NEAREST);
  }

  /** Negative, 0 or positive, as a − b. */
  compare(a: Precise, b: Precise): number {
    return this.mpfr.mpfr_cmp(a, b);
  }

  /** The same of the magnitudes. */
  compareMagnitudes(a: Precise, b: Precise): number {
    return this.mpfr.mpfr_cmpabs(a, b);
  }

  /** Negative, 0 or positive. */
  sign(a: Precise): number {
    return this.mpfr.mpfr_sgn(a);
  }

  /** Neither infinite nor undefined. */
  isFinite(a: Precise): boolean {
    return this.mpfr.mpfr_number_p(a) !== 0;
  }
}
