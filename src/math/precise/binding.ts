import { InternalError, ResourceError } from "../../errors.js";

/** Address of a number in the memory of MPFR; numbers of a vector follow each other at `NUMBER_BYTES`. */
export type Precise = number;

/** Bytes of the head of a number: precision, sign, exponent, address of its digits, 32 bits each. */
export const NUMBER_BYTES = 16;

/** Rounding to nearest, as MPFR counts modes. */
export const NEAREST = 0;

/** Functions of MPFR that are used; results come first. */
export interface MpfrBinding {
  /** Of MPFR, anew after it has grown. */
  readonly mem: Uint8Array;
  malloc(bytes: number): number;
  free(address: number): void;
  mpfr_init2(x: Precise, bits: number): void;
  mpfr_clear(x: Precise): void;
  mpfr_set(result: Precise, a: Precise, rounding: number): number;
  mpfr_set_d(result: Precise, value: number, rounding: number): number;
  mpfr_get_d(a: Precise, rounding: number): number;
  mpfr_set_string(result: Precise, text: string, base: number, rounding: number): number;
  mpfr_get_str(text: number, exponent: number, base: number, digits: number, a: Precise, rounding: number): number;
  mpfr_free_str(text: number): void;
  mpfr_add(result: Precise, a: Precise, b: Precise, rounding: number): number;
  mpfr_sub(result: Precise, a: Precise, b: Precise, rounding: number): number;
  mpfr_mul(result: Precise, a: Precise, b: Precise, rounding: number): number;
  mpfr_mul_d(result: Precise, a: Precise, factor: number, rounding: number): number;
  mpfr_div(result: Precise, a: Precise, b: Precise, rounding: number): number;
  mpfr_div_d(result: Precise, a: Precise, divisor: number, rounding: number): number;
  mpfr_fma(result: Precise, a: Precise, b: Precise, c: Precise, rounding: number): number;
  mpfr_fms(result: Precise, a: Precise, b: Precise, c: Precise, rounding: number): number;
  mpfr_neg(result: Precise, a: Precise, rounding: number): number;
  mpfr_abs(result: Precise, a: Precise, rounding: number): number;
  mpfr_sqrt(result: Precise, a: Precise, rounding: number): number;
  mpfr_exp(result: Precise, a: Precise, rounding: number): number;
  mpfr_log(result: Precise, a: Precise, rounding: number): number;
  mpfr_log10(result: Precise, a: Precise, rounding: number): number;
  mpfr_cmp(a: Precise, b: Precise): number;
  mpfr_cmpabs(a: Precise, b: Precise): number;
  mpfr_sgn(a: Precise): number;
  mpfr_number_p(a: Precise): number;
}

/** Bytes of the digits of a number. */
export function digitBytes(bits: number): number {
  return 8 * Math.ceil(bits / 64);
}

let loading: Promise<MpfrBinding> | undefined;
let loaded: MpfrBinding | undefined;

/**
 * Loads MPFR, which is an optional dependency (LGPL): docs/decisions/0060-high-precision.md.
 * @throws {ResourceError} where it is not installed
 */
export function loadMpfr(): Promise<MpfrBinding> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** What `loadMpfr` has loaded; undefined while it has not. */
export function loadedMpfr(): MpfrBinding | undefined {
  return loaded;
}

async function load(): Promise<MpfrBinding> {
  const gmp = await import("gmp-wasm").catch((error: unknown) => {
    throw new ResourceError("high precision needs the package gmp-wasm, which is not installed: npm install gmp-wasm, or ask for double precision", { cause: error });
  });
  const { binding } = await gmp.init();
  checkLayout(binding);
  loaded = binding;
  return binding;
}

/** Numbers are laid out by hand, a vector at a time: what MPFR itself makes must look the same. */
function checkLayout(mpfr: MpfrBinding): void {
  const x = mpfr.malloc(NUMBER_BYTES);
  mpfr.mpfr_init2(x, 256);
  mpfr.mpfr_set_d(x, 0, NEAREST);
  const [bits, sign, exponent] = new Int32Array(mpfr.mem.buffer, x, 4);
  mpfr.mpfr_clear(x);
  mpfr.free(x);
  if (bits !== 256 || sign !== 1 || exponent !== ZERO_EXPONENT) throw new InternalError(`numbers of this version of gmp-wasm begin with ${bits}, ${sign}, ${exponent}`);
}

/** What stands in the exponent of 0. */
const ZERO_EXPONENT = 1 - 2 ** 31;

/** Makes zeros of so many numbers whose digits follow behind all of them. */
export function placeZeros(mpfr: MpfrBinding, vector: Precise, length: number, bits: number): void {
  const heads = new Int32Array(mpfr.mem.buffer, vector, 4 * length);
  const digits = vector + length * NUMBER_BYTES;
  for (let i = 0; i < length; i++) {
    heads[4 * i] = bits;
    heads[4 * i + 1] = 1;
    heads[4 * i + 2] = ZERO_EXPONENT;
    heads[4 * i + 3] = digits + i * digitBytes(bits);
  }
}
