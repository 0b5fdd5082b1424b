/** The maximum number of codings of one body. */
const MAX_CODINGS = 2

/** Codings that are undone. */
const SUPPORTED = /^(?:x-)?gzip$|^deflate$/
/** Codings, registered or in use, and misspelled ones. Their result could be taken for a body. */
const CODING = /gzip|deflate|compress|^(?:br|zstd|dcb|dcz|exi|aes128gcm|base64)\b/

type Decode = (data: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Buffer

/**
 * The codings of a body, in the order in which they were applied.
 *
 * Requests accept no coding, but some gateways and static file stores compress anyway. A body is decoded when it is
 * complete, so only one decoder exists at a time; `undici.interceptors.decompress()` would keep one, and a queue of
 * chunks, for each response in progress. Brotli and zstd are not supported: their windows take megabytes, where that of
 * gzip takes 32 KiB.
 *
 * Some servers label a plain body with something else, such as `none` or `utf-8`. What is not a coding is ignored: the
 * body shows what it is.
 *
 * @param header The value of `Content-Encoding`, or a list if it was sent more than once.
 * @returns `undefined` if there are too many, or one is not supported
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8.4 | RFC 9110 §8.4}
 */
export function codingsOf(header: string | readonly string[] | undefined): readonly string[] | undefined {
  if (header === undefined) return []
  const names = String(header)
    .split(',', MAX_CODINGS + 1)
    .map((name) => name.trim().toLowerCase())
  if (names.length > MAX_CODINGS) return undefined
  const codings = names.filter((name) => CODING.test(name))
  return codings.every((name) => SUPPORTED.test(name)) ? codings : undefined
}

/**
 * Undoes the codings of a complete body.
 *
 * @returns `undefined` if the result, or an intermediate result, is larger than `maxBytes`
 * @throws Error if the data is corrupt or incomplete
 */
export function decode(body: Buffer, codings: readonly string[], maxBytes: number): Buffer | undefined {
  let bytes = body
  try {
    for (const coding of codings.toReversed()) {
      // One chunk for the whole result: several would exist next to the buffer that they are joined into.
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
  // Some servers omit the zlib header, whose first byte contains the method 8.
  return (first & 0x0f) === 8 ? inflateSync : inflateRawSync
}
