/**
 * Milliseconds after which a program that a test has started counts as stuck. Far above what any takes, so that a busy machine fails no test;
 * `PESTLE_PATIENCE=3` makes it three times as long.
 */
export const TIME_LIMIT = 150_000 * Number(process.env.PESTLE_PATIENCE ?? 1);
