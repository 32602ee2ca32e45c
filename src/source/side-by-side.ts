/** Works on many items at once, but only on so many. */

/** As `Promise.all` over `work`, with at most `limit` of them under way; results in the order of the items. */
export async function mapSideBySide<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const takeTurns = async (): Promise<void> => {
    // All turns share the one iterator, so each item is taken once.
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, takeTurns));
  return results;
}
