// Uses the example page as somebody would, and posts what it shows.

const frame = document.querySelector("iframe");

async function until(condition) {
  for (let value = condition(); ; value = condition()) {
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Drops a file on the page and waits until it has been shown, or refused. */
async function drop(file) {
  const page = frame.contentWindow;
  const dataTransfer = new page.DataTransfer();
  dataTransfer.items.add(file);
  page.document.querySelector("#drop").dispatchEvent(new page.DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  return settled();
}

async function settled() {
  const status = frame.contentDocument.querySelector("#status");
  await until(() => status.dataset.state === "ready" || status.dataset.state === "failed");
  return { state: status.dataset.state, text: status.textContent };
}

/** How many colors a canvas shows. */
function colorsOf(id) {
  const canvas = frame.contentDocument.querySelector(id);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}

const textOf = (node) => node.textContent.trim();

async function use() {
  const page = await until(() => frame.contentDocument?.documentElement?.dataset.loaded && frame.contentWindow);
  const document = page.document;
  const data = await (await fetch("/examples/data/Si_test.xyz.gz")).blob();
  const dropped = await drop(new File([data], "Si_test.xyz.gz"));
  const result = {
    dropped,
    isIsolated: page.crossOriginIsolated,
    chosen: textOf(document.querySelector("#chosen")),
    alike: [...document.querySelectorAll("#alike tr")].map((row) => [...row.cells].map(textOf)),
    legend: [...document.querySelectorAll("#legend li")].map(textOf),
    colors: ["#map", "#matrix", "#fingerprint"].map(colorsOf),
    overflow: document.documentElement.scrollWidth - page.innerWidth,
    loaded: page.performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
  };
  document.querySelector("#status").dataset.state = "";
  const refused = await drop(new File(["2\nProperties=species:S:1:pos:R:3\nSi 0 0 0\nSi 0 0 x\n"], "broken.xyz"));
  document.querySelector("#status").dataset.state = "";
  document.querySelector("#sample").click();
  return { ...result, refused, sample: await settled() };
}

const result = await use().catch((error) => ({ error: `${error.stack ?? error}` }));
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
