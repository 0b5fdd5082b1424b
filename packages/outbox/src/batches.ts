/**
 * Reads a source in batches of up to `size` items. The source is read no further until the next batch is requested, and
 * closed if the reader stops or `read` throws.
 */
export async function* batches<T, U>(
  source: Iterable<T> | AsyncIterable<T>,
  read: (item: T) => U,
  size: number,
): AsyncGenerator<readonly U[], void, undefined> {
  let batch: U[] = []
  for await (const item of source) {
    if (batch.push(read(item)) < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Recognizes a source, such as a list or a generator. */
export function isIterable(source: unknown): boolean {
  const { [Symbol.iterator]: each, [Symbol.asyncIterator]: eachLater } = Object(source)
  return typeof (each ?? eachLater) === 'function'
}
