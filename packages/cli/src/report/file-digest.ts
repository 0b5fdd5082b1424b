import { createHash } from 'node:crypto'

/** A file, by its content. */
export interface FileDigest {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** Computes the digest of an input, as `sha256sum` does. */
export function plainSum(): { add(bytes: Uint8Array): void; value(): string } {
  const hash = createHash('sha256')
  return {
    add: (bytes) => {
      hash.update(bytes)
    },
    value: () => hash.copy().digest('hex'),
  }
}

/**
 * Compares the content of a file with a digest.
 *
 * @param end The number of bytes to compare; without it, all of them.
 * @throws the system's error when it cannot be read
 */
export async function hasDigest(
  content: AsyncIterable<Uint8Array>,
  { bytes, sha256 }: Omit<FileDigest, 'name'>,
  end = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const sum = plainSum()
  let size = 0
  for await (const chunk of content) {
    const part = chunk.subarray(0, end - size)
    sum.add(part)
    size += part.length
    if (size === end) break
  }
  return size === bytes && sum.value() === sha256
}
