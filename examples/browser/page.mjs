// What happens when: a file is dropped, a setting changes, a point is pointed at.
import { createExecutor } from "../../dist/pestle-browser.js";
import { fingerprintsOf, mostAlike, readFile, similarityMap, similarityMatrix } from "./analysis.mjs";
import { drawFingerprint, drawMap, drawMatrix, groupColors } from "./drawing.mjs";
import { sampleText } from "./sample.mjs";

const element = (id) => document.getElementById(id);
const nextFrame = () => new Promise((resolve) => setTimeout(resolve));

/** One thread, made when the first file comes. */
let executor;
/** Structures of the last file. */
let structures;
let fileName = "";
/** What is drawn: rows, matrix, map, places. */
let shown;
let chosen = 0;
/** Computations that were asked for: only the last one is drawn. */
let serial = 0;

function say(text, state = "ready") {
  element("status").textContent = text;
  element("status").dataset.state = state;
}

function settings() {
  const fields = Object.fromEntries(new FormData(element("settings")));
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, name === "rows" ? value : Number(value)]));
}

async function open(file) {
  say(`Reading ${file.name} …`, "busy");
  try {
    structures = await readFile(file);
    if (structures.length === 0) throw new Error(`${file.name}: there are no structures`);
    fileName = file.name;
    await compute();
  } catch (error) {
    say(error.message, "failed");
  }
}

async function compute() {
  if (!structures || !element("settings").reportValidity()) return;
  const own = ++serial;
  const began = performance.now();
  const onProgress = async (share) => {
    if (own === serial) say(`Fingerprints of ${fileName}: ${Math.round(100 * share)} %`, "busy");
    await nextFrame();
  };
  try {
    executor ??= createExecutor();
    const result = await fingerprintsOf(await executor, structures, settings(), onProgress);
    if (own !== serial) return;
    show(result);
    const { build } = (await executor).wasm.shared;
    const rows = result.rows.length < result.nRows ? `${result.rows.length} of ${result.nRows} rows` : `${result.nRows} rows`;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    say(`${fileName}: ${structures.length} structures; ${rows} with ${result.labels.length} features each, in ${seconds} s (build ${build}).`);
  } catch (error) {
    if (own === serial) say(error.message, "failed");
  }
}

function show({ rows, labels }) {
  const n = rows.length;
  const matrix = similarityMatrix(rows, settings().zeta);
  const map = similarityMap(matrix, n);
  shown = { rows, labels, n, matrix, map, places: [] };
  chosen = Math.min(chosen, n - 1);
  element("result").hidden = false;
  const shares = map.shares.map((share) => `${(100 * share).toFixed(0)} %`);
  element("map-note").textContent = `Rows that are alike lie close together. The axes hold ${shares.join(" and ")} of the variance.`;
  draw();
}

function legendItem(group, color) {
  const item = document.createElement("li");
  const mark = document.createElement("i");
  mark.style.background = color;
  item.append(mark, group);
  return item;
}

function draw() {
  if (!shown) return;
  const { rows, n, matrix, map } = shown;
  const { name, group, values } = rows[chosen];
  const colors = groupColors(rows.map((row) => row.group));
  element("legend").replaceChildren(...[...colors].map(([label, color]) => legendItem(label || "no group", color)));
  shown.places = drawMap(element("map"), map.points, rows.map((row) => colors.get(row.group)), chosen);
  const [low, high] = drawMatrix(element("matrix"), matrix, n, chosen);
  element("range").textContent = `From ${low.toPrecision(3)} (palest) to ${high.toPrecision(3)}.`;
  element("chosen").textContent = [name, group].filter(Boolean).join(" · ");
  drawFingerprint(element("fingerprint"), values, colors.get(group));
  element("alike").replaceChildren(
    ...mostAlike(matrix, n, chosen, 6).map(({ other, similarity }) => tableRow([rows[other].name, rows[other].group, similarity.toFixed(6)])),
  );
}

function tableRow(cells) {
  const row = document.createElement("tr");
  row.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return row;
}

function choose(row) {
  if (!shown || row === chosen || row < 0 || row >= shown.n) return;
  chosen = row;
  draw();
}

/** The point that is nearest to the pointer. */
function pointAt({ offsetX, offsetY }) {
  const distances = shown.places.map(([x, y]) => Math.hypot(x - offsetX, y - offsetY));
  return distances.indexOf(Math.min(...distances));
}

function nameFeature({ offsetX }) {
  const { rows, labels } = shown;
  const feature = Math.min(labels.length - 1, Math.max(0, Math.floor((offsetX / element("fingerprint").clientWidth) * labels.length)));
  element("feature").textContent = `${labels[feature]}: ${rows[chosen].values[feature].toPrecision(4)}`;
}

const drop = element("drop");
for (const type of ["dragover", "dragleave", "drop"]) {
  // anywhere on the page: a browser would open the file otherwise
  addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", type === "dragover");
  });
}
addEventListener("drop", ({ dataTransfer }) => dataTransfer.files[0] && void open(dataTransfer.files[0]));
element("file").addEventListener("change", ({ target }) => target.files[0] && void open(target.files[0]));
element("sample").addEventListener("click", () => void open(new File([sampleText()], "silicon.xyz")));
element("settings").addEventListener("change", () => void compute());
element("settings").addEventListener("submit", (event) => event.preventDefault());
element("map").addEventListener("pointermove", (event) => choose(pointAt(event)));
element("map").addEventListener("pointerdown", (event) => choose(pointAt(event)));
element("map").addEventListener("keydown", ({ key }) => choose(chosen + ({ ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0)));
element("matrix").addEventListener("pointermove", ({ offsetY }) => choose(Math.floor((offsetY / element("matrix").clientHeight) * shown.n)));
element("fingerprint").addEventListener("pointermove", nameFeature);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", draw);
document.documentElement.dataset.loaded = "true";
