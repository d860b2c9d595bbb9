const cleanups: (() => Promise<unknown>)[] = [];

// Jest takes hooks only while a file is being loaded, and most things are acquired later: one hook for all of them.
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** Has `cleanup` run after the tests of the calling file; what was acquired last is given back first. */
export function afterTests(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}
