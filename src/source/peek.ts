/** Looks at the beginning of a stream and gives it back whole. */

/** The first bytes of a stream, and the whole of it. Whoever does not read it to its end must close it. */
export interface Peeked {
  readonly head: Buffer;
  readonly all: () => AsyncIterable<Buffer>;
  readonly close: () => Promise<void>;
}

/** Reads at least `headBytes`, if there are as many. */
export const peek = async (bytes: AsyncIterable<Buffer>, headBytes = 512): Promise<Peeked> => {
  const chunks = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let isDone = false;
  let damage: Error | undefined;
  try {
    while (!isDone && head.length < headBytes) {
      const next = await chunks.next();
      isDone = next.done === true;
      if (!next.done) head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    }
  } catch (error) {
    // What came before it is worth reading.
    if (head.length === 0 || !(error instanceof Error)) throw error;
    damage = error;
  }
  async function* all(): AsyncIterable<Buffer> {
    if (head.length > 0) yield head;
    if (damage !== undefined) throw damage;
    while (!isDone) {
      const next = await chunks.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
  const close = async (): Promise<void> => {
    await chunks.return?.();
  };
  return { head, all, close };
};

/** Bytes that cannot be read: whoever tries gets the error. */
export function failWith(error: unknown): AsyncIterable<Buffer> {
  const reason = error instanceof Error ? error : new Error(String(error));
  const next = async (): Promise<never> => {
    throw reason;
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
