/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the elements of the page.
 * The headings of tables with `data-sortable` become buttons that sort their rows by the `data-value` of the cells: numbers as numbers,
 * cells without one last. Their values can be saved.
 */
export function startSortableTables(): void {
  function textAt(row: HTMLTableRowElement, column: number): string {
    return row.cells[column].dataset.value ?? "";
  }

  function compare(a: string, b: string): number {
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en") : x === y ? 0 : x - y;
  }

  function save(table: HTMLTableElement, headings: readonly Element[], rows: readonly HTMLTableRowElement[]): void {
    // A text that a spreadsheet would take for a formula is kept a text.
    const field = (value: string): string => {
      const text = Number.isNaN(Number(value)) ? value.replace(/^(?=[=+@\t\r-])/, "'") : value;
      return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    const lines = rows.map((row) => headings.map((_, i) => textAt(row, i)));
    const names = headings.map((heading) => (heading as HTMLElement).dataset.key ?? "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([[names, ...lines].map((line) => line.map(field).join(",")).join("\n") + "\n"], { type: "text/csv" }));
    link.download = `${table.dataset.sortable}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function start(table: HTMLTableElement): void {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const headings = Array.from(table.querySelectorAll("thead th[data-key]"));
    let sorted = -1;
    let ascending = true;

    function sort(index: number): void {
      ascending = sorted === index ? !ascending : true;
      sorted = index;
      const isAbsent = (row: HTMLTableRowElement): number => Number(textAt(row, index) === "");
      const order = [...rows].sort((a, b) => isAbsent(a) - isAbsent(b) || (ascending ? 1 : -1) * compare(textAt(a, index), textAt(b, index)));
      body.replaceChildren(...order);
      headings.forEach((heading, i) => heading.setAttribute("aria-sort", i !== index ? "none" : ascending ? "ascending" : "descending"));
    }

    headings.forEach((heading, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      button.addEventListener("click", () => sort(i));
      heading.replaceChildren(button);
      heading.setAttribute("aria-sort", "none");
    });
    const saver = document.createElement("button");
    saver.type = "button";
    saver.textContent = "Save as CSV";
    saver.addEventListener("click", () => save(table, headings, Array.from(body.rows)));
    const controls = document.createElement("div");
    controls.className = "controls";
    controls.append(saver);
    (table.closest(".scroll") ?? table).before(controls);
  }

  document.querySelectorAll<HTMLTableElement>("table[data-sortable]").forEach(start);
}
