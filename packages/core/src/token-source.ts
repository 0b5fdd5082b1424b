import { invalidOption } from './invalid-option.ts'
import type { TokenTypeHint } from './revocation.ts'

/** One of many tokens: alone, or with known details. */
export type BulkToken =
  | string
  | {
      readonly token: string
      readonly tokenTypeHint?: TokenTypeHint | undefined
      /**
       * Only with `verify`: an earlier run found the token active, see {@link Revocation.wasActive}, and could not
       * prove that it was revoked. It is not introspected before, because it may be inactive by now.
       */
      readonly wasActive?: boolean | undefined
    }

/** Source of many tokens. It is read no faster than tokens are revoked. */
export type TokenSource = Iterable<BulkToken> | AsyncIterable<BulkToken> | ReadableStream<BulkToken>

/** Reads a {@link TokenSource} item by item. The items are the caller's, and not checked yet. */
export type TokenReader = Iterator<unknown> | AsyncIterator<unknown>

/**
 * Opens a source for reading.
 *
 * @throws LogoutError `invalid_argument` when it cannot be iterated
 */
export function openSource(tokens: unknown): TokenReader {
  const source = tokens as Partial<Iterable<unknown> & AsyncIterable<unknown> & ReadableStream<unknown>> | null
  if (typeof source === 'object' && source !== null) {
    if (source[Symbol.asyncIterator]) return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    if (source[Symbol.iterator]) return (source as Iterable<unknown>)[Symbol.iterator]()
    // Safari's streams cannot be iterated.
    if (source.getReader) return readerOf(source as ReadableStream<unknown>)
  }
  return invalidOption('tokens', 'must be an iterable, an async iterable or a stream of tokens.', 'invalid_argument')
}

/** Closes a source that was not read to its end. Failures of closing are ignored. */
export async function closeSource(reader: TokenReader): Promise<void> {
  try {
    await reader.return?.()
  } catch {}
}

function readerOf(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async () => {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}
