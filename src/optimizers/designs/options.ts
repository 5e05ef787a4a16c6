import { z } from "zod";

export const pointCount = z.number().int().min(1).max(100_000);

export const batchSize = z.number().int().min(1).max(10_000).default(16).describe("points per generation, evaluated side by side");
