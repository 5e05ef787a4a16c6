export declare const sourceLayers: readonly (readonly string[])[];
export declare const assemblyLayers: readonly (readonly string[])[];
export declare function layerViolation(file: string, specifier: string, root: string): string | undefined;
export declare function importsOf(text: string): { specifier: string; isType: boolean; isDynamic: boolean }[];
export declare function sourceFiles(folder: string): string[];
export declare function importGraph(files: readonly string[], options?: { runtimeOnly?: boolean; staticOnly?: boolean }): Map<string, string[]>;
export declare function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined;
