/**
 * Says that this process uses the library itself. What a program registers (formats, descriptors, models, trainers) is known to the modules
 * of the library and not to the bundle of the command line, so that `bin/pestle.js` runs the modules then.
 */
(globalThis as Record<symbol, unknown>)[Symbol.for("pestle.library")] = true;

export {};
