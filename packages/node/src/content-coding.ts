/** The most codings that one body may have; nobody needs a second one. */
const MAX_CODINGS = 2

type Decode = (data: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Buffer

/**
 * The codings of a body, in the order in which they were applied.
 *
 * Requests ask for none, but some gateways and static stores compress anyway. `undici.interceptors.decompress()` would
 * keep a decoder and a queue of chunks for each open answer; a body is decoded here when it is complete, so that there is
 * only one decoder at a time, whose window has 32 KiB. That rules out Brotli and zstd, whose windows have megabytes.
 *
 * @param header `Content-Encoding`; as a list where it was sent several times.
 * @returns `undefined` when there are too many of them, or one is not supported
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8.4 | RFC 9110 §8.4}
 */
export function codingsOf(header: string | readonly string[] | undefined): readonly string[] | undefined {
  if (header === undefined) return []
  const names = String(header)
    .split(',', MAX_CODINGS + 1)
    .map((name) => name.trim().toLowerCase())
  if (names.length > MAX_CODINGS) return undefined
  const codings = names.filter((name) => name !== '' && name !== 'identity')
  return codings.every((name) => /^(?:x-)?gzip$|^deflate$/.test(name)) ? codings : undefined
}

/**
 * Undoes the codings of a complete body.
 *
 * @returns `undefined` when the result, or what is on the way to it, is larger than `maxBytes`
 * @throws Error when the data is broken or incomplete
 */
export function decode(body: Buffer, codings: readonly string[], maxBytes: number): Buffer | undefined {
  let bytes = body
  try {
    for (const coding of codings.toReversed()) {
      // One chunk for all of it: several would be held next to what they are joined to.
      if (bytes.length > 0)
        bytes = decoderFor(coding, bytes)(bytes, { maxOutputLength: maxBytes, chunkSize: maxBytes + 64 })
    }
    return bytes
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw error
  }
}

function decoderFor(coding: string, [first = 0]: Buffer): Decode {
  const { gunzipSync, inflateRawSync, inflateSync } = process.getBuiltinModule('node:zlib')
  if (coding !== 'deflate') return gunzipSync
  // Some servers leave out the zlib header, which begins with the method 8.
  return (first & 0x0f) === 8 ? inflateSync : inflateRawSync
}
