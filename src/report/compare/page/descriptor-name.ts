import { breakableName, html, type Markup } from "../../markup.js";
import { pageColor } from "../../theme.js";
import type { DescriptorView } from "../compared-view.js";

/** The name of a descriptor beside its color. */
export function descriptorName({ name, color }: DescriptorView): Markup {
  return html`<span class="dot" style="background: ${pageColor(color)}"></span>${breakableName(name)}`;
}
