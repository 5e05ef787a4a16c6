/** Two or three significant digits, as a power of ten where there would be many zeros. */
export function digits(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0) return "0";
  if (magnitude < 1e-3 || magnitude >= 1e6) return powerText(value);
  if (magnitude >= 100) return value.toFixed(0);
  return magnitude >= 10 ? value.toFixed(1) : magnitude >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** "1.2·10⁻⁵" */
function powerText(value: number): string {
  const [factor, exponent] = value.toExponential(1).split("e");
  const raised = Array.from(String(Math.abs(Number(exponent))), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${factor}·10${Number(exponent) < 0 ? "⁻" : ""}${raised}`;
}

/** "1 column", "25 columns" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
