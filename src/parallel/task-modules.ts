const modules: string[] = [];

/**
 * Makes the worker threads of every executor that is created from now on import a module (a URL) before their first task: for a program
 * that brings along tasks, model types or trainers of its own, which have to be known on every thread.
 */
export function addTaskModule(url: string): void {
  if (!modules.includes(url)) modules.push(url);
}

/** What `addTaskModule` was called with. */
export function addedTaskModules(): readonly string[] {
  return modules;
}
