/** A drawn plot. */
export interface Figure {
  /** File name without extension. */
  readonly name: string;
  /** What the picture shows, for readers who do not see it. */
  readonly description: string;
  /** Text below the picture. */
  readonly caption: string;
  /** A complete SVG document on a white ground. */
  readonly svg: string;
}
