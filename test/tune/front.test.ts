import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { efficientFront, errorOf, frontAxes } from "../../src/tune/front.js";
import type { EvaluationRecord } from "../../src/tune/search-result.js";

function record(id: number, loss: number, metrics: Record<string, number>): EvaluationRecord {
  return { id, generation: 0, point: null, values: {}, fraction: 1, status: "done", loss, metrics, seconds: 0 };
}

const measured = { metric: "cost", isPriced: false } as const;

describe("the front of error and cost", () => {
  it("is what no other evaluation beats in both, against every pair", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })), { maxLength: 30 }), (pairs) => {
      const records = pairs.map(([cost, loss], id) => record(id, loss, { cost }));
      const beats = (p: EvaluationRecord, q: EvaluationRecord): boolean =>
        p.metrics.cost <= q.metrics.cost && p.loss <= q.loss && (p.metrics.cost < q.metrics.cost || p.loss < q.loss);
      const expected = new Set(records.filter((q) => !records.some((p) => beats(p, q))).map(({ loss, metrics }) => `${metrics.cost} ${loss}`));
      const front = efficientFront(records, measured).map(({ loss, metrics }) => `${metrics.cost} ${loss}`);
      expect(front.length).toBe(expected.size);
      expect(new Set(front)).toEqual(expected);
    }));
  });

  it("leaves out evaluations without a cost", () => {
    expect(efficientFront([record(0, 1, {}), record(1, 1, { cost: NaN })], measured)).toEqual([]);
  });

  it("is of the measured cost, else of operations that differ, and of errors without the price", () => {
    const operations = [record(0, 5, { operations: 10, lossOfErrors: 4 }), record(1, 6, { operations: 20, lossOfErrors: 1 })];
    const axes = frontAxes(operations)!;
    expect(axes).toEqual({ metric: "operations", isPriced: true });
    expect(operations.map((one) => errorOf(one, axes))).toEqual([4, 1]);
    expect(efficientFront(operations, axes).map(({ id }) => id)).toEqual([0, 1]);
    expect(frontAxes([record(0, 5, { operations: 10, cost: 3 })])).toEqual({ metric: "cost", isPriced: false });
    expect(frontAxes([record(0, 5, { operations: 10 }), record(1, 6, { operations: 10 })])).toBeUndefined();
    expect(frontAxes([record(0, 5, {})])).toBeUndefined();
  });
});
