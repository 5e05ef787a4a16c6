/** What the page of a grown potential adds to the style sheet of reports. */
export const composeStyle = `
section > p { max-width: 60em; }
.wide-figures .figures { grid-template-columns: minmax(0, 1fr); }
.wide-figures figure { max-width: 860px; }
.way { padding-left: 1.6em; max-width: 70em; }
.way li { margin: 6px 0; }
.way details { border: 0; padding: 0; }
.way ul { margin: 6px 0 10px; padding-left: 1.2em; font-size: .875rem; }
.muted { color: var(--muted); font-size: .875rem; }
`;
