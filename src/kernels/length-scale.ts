import { z } from "zod";

/** ℓ of kernels, in the units of the descriptor's features. */
export const lengthScaleSchema = z.number().min(1e-6).max(1e6).default(0.5);
