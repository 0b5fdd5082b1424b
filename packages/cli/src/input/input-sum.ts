/** A sum over the bytes of an input, which identifies that input. */
export interface InputSum {
  /** Adds the next bytes. */
  add(bytes: Uint8Array): void
  /**
   * The sum so far.
   *
   * @param ending The missing end of the last line: an input that grows is still the same up to there.
   */
  value(ending: '' | '\n'): string
}

/**
 * SHA-256, keyed at the end.
 *
 * @param seal Makes a digest useless without the key. Without it, short tokens could be guessed: each guess at a line
 * could be compared with its sum.
 */
export function keyedSum(seal: (digest: Buffer) => string): InputSum {
  // An import would also be loaded by runs without a journal.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  return {
    add: (bytes) => {
      hash.update(bytes)
    },
    value: (ending) => seal(hash.copy().update(ending).digest()),
  }
}

/** CRC-32 and length, as journals of the first format have it. */
export function unkeyedSum(): InputSum {
  const { crc32 } = process.getBuiltinModule('node:zlib')
  let crc = 0
  let length = 0
  return {
    add: (bytes) => {
      crc = crc32(bytes, crc)
      length += bytes.length
    },
    value: (ending) => `${crc32(ending, crc).toString(16).padStart(8, '0')}.${length + ending.length}`,
  }
}
