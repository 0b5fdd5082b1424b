/** A body as text, and whether that is less than all of it. */
export interface AnswerBody {
  readonly body: string
  readonly truncated: boolean
}

type Decode = (data: Buffer, options: { maxOutputLength: number }) => Buffer

/**
 * Turns the bytes of a body into text of at most `maxBytes`. No compressed answer is ever asked for, but some gateways
 * compress all the same; what cannot be decoded, or becomes too large by it, is given as empty and truncated.
 *
 * @throws Error when compressed data is broken
 */
export function answerBody(chunks: readonly Buffer[], coding: string | undefined, maxBytes: number): AnswerBody {
  const [first] = chunks
  if (first === undefined) return { body: '', truncated: false }
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks)
  if (bytes.length > maxBytes) {
    return { body: coding === undefined ? bytes.toString('utf8', 0, maxBytes) : '', truncated: true }
  }
  if (coding === undefined) return { body: bytes.toString(), truncated: false }
  const decoded = decode(bytes, coding, maxBytes)
  return { body: decoded?.toString() ?? '', truncated: decoded === undefined }
}

function decode(bytes: Buffer, coding: string, maxBytes: number): Buffer | undefined {
  const { brotliDecompressSync, gunzipSync, inflateSync } = process.getBuiltinModule('node:zlib')
  const decoders: Readonly<Record<string, Decode | undefined>> = {
    gzip: gunzipSync,
    'x-gzip': gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
    identity: (data) => data,
  }
  try {
    let decoded = bytes
    // They are listed in the order in which they were applied.
    for (const name of coding.toLowerCase().split(',').reverse()) {
      const undo = decoders[name.trim()]
      if (!undo) return undefined
      decoded = undo(decoded, { maxOutputLength: maxBytes })
    }
    return decoded
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw error
  }
}
