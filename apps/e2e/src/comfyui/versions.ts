/** Whether `version` is `since` or newer; both are such as `0.18.0`, what follows does not count. */
export function isAtLeast(version: string, since: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
  const [have, want] = [numbers(version), numbers(since)];
  const at = have.findIndex((part, index) => part !== (want[index] ?? 0));
  return at < 0 || (have[at] ?? 0) > (want[at] ?? 0);
}
