export type CellValue = number | string | boolean | null;

export interface EvaluationColumn {
  /** Name in saved files. */
  readonly key: string;
  /** Name in the table, with the unit. */
  readonly heading: string;
  /** Left-aligned. */
  readonly isText?: boolean;
  /** Values are shown multiplied by it; saved files keep the values as they are. */
  readonly scale?: number;
}

/** What the page holds for a table of evaluations. */
export interface EvaluationTable {
  readonly name: string;
  readonly columns: readonly EvaluationColumn[];
  /** In the order of the first view. */
  readonly rows: readonly (readonly CellValue[])[];
}

/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the elements of the page.
 * Headings become buttons that sort, more rows are drawn on demand, and all of them can be saved.
 */
export function startEvaluationTables(): void {
  const tables = JSON.parse(document.getElementById("evaluations")?.textContent ?? "[]") as EvaluationTable[];

  function textOf(value: CellValue, scale = 1): string {
    if (value === null) return "–";
    if (typeof value !== "number") return String(value);
    const shown = value * scale;
    if (Number.isInteger(shown) && Math.abs(shown) < 1e6) return String(shown);
    const text = Math.abs(shown) < 1e-3 || Math.abs(shown) >= 1e5 ? Number(shown.toPrecision(4)).toExponential() : shown.toPrecision(4);
    return text.replace(/^-/, "−");
  }

  function compare(a: CellValue, b: CellValue): number {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en");
  }

  function save(name: string, type: string, text: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function csvOf({ columns, rows }: EvaluationTable): string {
    // A text that a spreadsheet would take for a formula is kept a text.
    const field = (value: CellValue): string => {
      const text = value === null ? "" : typeof value === "string" ? value.replace(/^(?=[=+@\t\r-])/, "'") : String(value);
      return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    return [columns.map(({ key }) => key), ...rows].map((row) => row.map(field).join(",")).join("\n") + "\n";
  }

  function jsonOf({ columns, rows }: EvaluationTable): string {
    return JSON.stringify(rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i].key, value]))), null, 1);
  }

  function start(root: HTMLElement, table: EvaluationTable): void {
    const body = root.querySelector("tbody") as HTMLElement;
    const status = root.querySelector("[role=status]") as HTMLElement;
    const headings = Array.from(root.querySelectorAll("th[scope=col]"));
    const button = (action: string) => root.querySelector(`[data-command=${action}]`) as HTMLButtonElement;
    let rows = table.rows;
    let sorted = -1;
    let ascending = true;
    let limit = 20;

    function draw(): void {
      const fragment = document.createDocumentFragment();
      for (const row of rows.slice(0, limit)) {
        const line = document.createElement("tr");
        row.forEach((value, i) => {
          const cell = document.createElement(i === 0 ? "th" : "td");
          if (i === 0) cell.setAttribute("scope", "row");
          if (i === 0 || table.columns[i].isText) cell.className = "name";
          cell.textContent = textOf(value, table.columns[i].scale);
          line.append(cell);
        });
        fragment.append(line);
      }
      body.replaceChildren(fragment);
      const shown = Math.min(limit, rows.length);
      const order = sorted < 0 ? "the best first" : `by ${table.columns[sorted].heading}, ${ascending ? "ascending" : "descending"}`;
      status.textContent = `${shown} of ${rows.length} evaluations, ${order}.`;
      button("all").hidden = rows.length <= 20;
      button("all").textContent = limit > 20 ? "Show 20" : `Show all ${rows.length}`;
    }

    function sort(index: number): void {
      ascending = sorted === index ? !ascending : true;
      sorted = index;
      // Missing values come last either way.
      rows = [...table.rows].sort((a, b) => {
        if (a[index] === null || b[index] === null) return Number(a[index] === null) - Number(b[index] === null);
        return (ascending ? 1 : -1) * compare(a[index], b[index]);
      });
      headings.forEach((heading, i) => heading.setAttribute("aria-sort", i !== index ? "none" : ascending ? "ascending" : "descending"));
      draw();
    }

    headings.forEach((heading, i) => {
      const sorter = document.createElement("button");
      sorter.type = "button";
      sorter.textContent = heading.textContent;
      sorter.addEventListener("click", () => sort(i));
      heading.replaceChildren(sorter);
      heading.setAttribute("aria-sort", "none");
    });
    button("all").addEventListener("click", () => {
      limit = limit > 20 ? 20 : Infinity;
      draw();
    });
    const name = `evaluations-${table.name.replace(/[^\w-]+/g, "-") || "stage"}`;
    button("csv").addEventListener("click", () => save(`${name}.csv`, "text/csv", csvOf(table)));
    button("json").addEventListener("click", () => save(`${name}.json`, "application/json", jsonOf(table)));
    button("csv").hidden = button("json").hidden = false;
    draw();
  }

  document.querySelectorAll<HTMLElement>("[data-evaluations]").forEach((root) => start(root, tables[Number(root.dataset.evaluations)]));
}
