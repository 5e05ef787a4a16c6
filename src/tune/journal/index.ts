export { type Journal, JournalFile, type JournalIdentity, memoryJournal, type ReadJournal, readJournal } from "./journal.js";
export type { Entry } from "./lines.js";
