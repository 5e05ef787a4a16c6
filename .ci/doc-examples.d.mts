export declare const compilerOptions: Readonly<Record<string, unknown>>;
export declare function examplesOf(page: string, text: string): Map<string, string>;
export declare function writeExamples(folder: string): string[];
export declare function compile(folder: string, files: readonly string[], options?: Readonly<Record<string, unknown>>): string;
