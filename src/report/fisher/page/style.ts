/** What the page of a Fisher information adds to the style sheet of reports. */
export const fisherStyle = `
sup { line-height: 0; }
section > p { max-width: 60em; }
.wide-figures { margin-top: 20px; }
.wide-figures .figures { grid-template-columns: minmax(0, 1fr); }
.wide-figures figure { max-width: 900px; }
.figures + .scroll, .wide-figures + h3 { margin-top: 32px; }
.directions td.text { min-width: 24em; }
`;
