export { type Journal, JournalFile, type JournalIdentity, memoryJournal, readJournal } from "./journal.js";
export type { Entry } from "./lines.js";
