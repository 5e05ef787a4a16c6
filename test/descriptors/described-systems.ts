// Systems as structures, and what descriptors make of them.
import type { AnyDescriptor } from "../../src/descriptors/structure-descriptor.js";
import { describeStructures, learnFromData } from "../../src/environments/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";
import type { System } from "./calculator.js";

export function structureOf({ name, atomicNumbers, positions, cell, pbc }: System): Structure {
  return { atomicNumbers: Uint8Array.from(atomicNumbers), positions, cell, pbc, label: name, targets: {}, configType: "", info: new Map(), atomInfo: [] };
}

/** All rows, structure by structure. */
export async function rowsOfStructures(executor: Executor, descriptor: AnyDescriptor, structures: readonly Structure[], species: readonly number[]): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { nRows, values } of describeStructures(executor, descriptor, structures, { species })) {
    for (let row = 0; row < nRows; row++) rows.push([...values.subarray((row * values.length) / nRows, ((row + 1) * values.length) / nRows)]);
  }
  return rows;
}

/** Parameters with the numbers that structures give. */
export async function learnedParameters(descriptor: AnyDescriptor, structures: readonly Structure[], species: readonly number[]): Promise<{ readonly type: string } & Record<string, unknown>> {
  const executor = await testExecutor();
  try {
    const learned = await learnFromData(executor, descriptor, structures, { species });
    return { ...learned.parameters, type: learned.name };
  } finally {
    await executor.close();
  }
}
