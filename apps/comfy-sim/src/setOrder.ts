/**
 * Names as a Python set hands them out: those in `order` first, in its order. A real server draws
 * that order anew at every start; here it is chosen.
 */
export function inSetOrder(names: readonly string[], order: readonly string[]): string[] {
  const rank = (name: string) => {
    const index = order.indexOf(name);
    return index < 0 ? order.length : index;
  };
  return [...names].sort((a, b) => rank(a) - rank(b));
}
