// How much lower the validation loss of silicon is after 15 minutes on two cores, SOAP with nMax = lMax = 4.
import { digest } from "../session.mjs";
import { milli, number, table } from "../tables.mjs";

const MORE_SPARSE_POINTS = 1000;

export async function run(session) {
  const search = await session.search("silicon-target", "silicon-target.yaml");
  const { base, data, result } = search;
  const [stage] = result.stages;
  const start = stage.records.find(({ id }) => id === -1);
  const entries = [];
  for (const [name, candidate, record] of [["default", base, start], ["best", result.candidate, stage.best]]) {
    const test = await session.errors(candidate, data.train, data.test);
    const more = session.smoke ? undefined : await session.errors(withSparse(candidate, MORE_SPARSE_POINTS), data.train, data.test);
    entries.push({ name, candidate, loss: record.loss, validation: record.metrics, test, more });
  }
  const [before, after] = entries;
  if (!session.smoke) entries.push(await largeBasis(session, base, data));
  const lower = 100 * (1 - after.loss / before.loss);
  const failed = stage.records.filter(({ status }) => status === "failed").length;
  const tables = [
    `${stage.records.length - 1} evaluations (${failed} failed) in ${number(result.seconds / 60, 1)} min on ${session.executor.threads} threads; validation loss ${number(lower, 1)} % lower.`,
    table(
      ["", "loss, validation (meV/atom)", "Γ_E, validation", "Γ_F, validation (meV/Å)", "Γ_E, test", "Γ_F, test", "Γ_E, test, 1000 sparse points", "Γ_F"],
      entries.map(({ name, loss, validation, test, more }) => [
        name, milli(loss, 2), milli(validation?.energyRmse, 2), milli(validation?.forcesRmse, 1), milli(test.energyRmse, 2), milli(test.forcesRmse, 1),
        milli(more?.energyRmse, 2), milli(more?.forcesRmse, 1),
      ]),
    ),
    table(
      ["", "σ (Å)", "cutoff (Å)", "width (Å)", "ζ", "δ (eV)", "σ_E (eV/atom)", "σ_F (eV/Å)"],
      entries.map(({ name, candidate: { model, fit } }) => {
        const [{ descriptor, kernel }] = model.terms;
        const { radius, width } = descriptor.cutoff;
        return [name, number(descriptor.sigma, 3), number(radius), number(width), number(kernel.zeta), number(kernel.delta), number(fit.sigma.energy, 4), number(fit.sigma.forces, 4)];
      }),
    ),
  ];
  session.write("silicon-target", { lower, entries, search: digest(search) }, tables.join("\n\n"));
}

/** What the basis of examples/si.yaml reaches without a search. */
async function largeBasis(session, base, data) {
  const candidate = structuredClone(base);
  Object.assign(candidate.model.terms[0].descriptor, { nMax: 8, lMax: 8 });
  const validation = await session.errors(candidate, data.train, data.validation);
  const test = await session.errors(candidate, data.train, data.test);
  const more = await session.errors(withSparse(candidate, MORE_SPARSE_POINTS), data.train, data.test);
  return { name: "default with n = l = 8", candidate, loss: validation.energyRmse + validation.forcesRmse / 30, validation, test, more };
}

function withSparse(candidate, count) {
  const copy = structuredClone(candidate);
  copy.model.terms[0].sparse.count = count;
  return copy;
}
