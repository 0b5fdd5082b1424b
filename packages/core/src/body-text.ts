/** The label of a charset in `Content-Type`. */
const CHARSET = /;\s*charset\s*=\s*["']?([\w.:-]{1,40})/i

/** Letters of Latin-1 that do not follow one another in any of its languages, but do in a text of another charset. */
const NOT_LATIN = /[^\0-\x7f]{3}/

/**
 * Decodes the body of a response: as UTF-8, or, if it is not UTF-8, in the charset that the response declares. Not the
 * declared one first, because frameworks declare ISO-8859-1 by default, whatever the application sends; anything can be
 * decoded as that, so the text must look like it.
 *
 * @param contentType The value of the `Content-Type` header.
 * @returns the text, without a byte order mark; U+FFFD in it stands for bytes that could not be decoded
 * @example
 * ```ts
 * import { bodyText } from '@backend-logout/core'
 *
 * console.log(bodyText(Uint8Array.of(0xb3, 0xc9), 'text/plain; charset=gbk')) // 成
 * ```
 */
export function bodyText(bytes: Uint8Array, contentType: string | null | undefined): string {
  const text = new TextDecoder().decode(bytes)
  const charset = text.includes('\ufffd') && declaredCharset(contentType)
  if (!charset) return text
  try {
    const decoder = new TextDecoder(charset, { fatal: true })
    const declared = decoder.decode(bytes)
    return decoder.encoding === 'windows-1252' && NOT_LATIN.test(declared) ? text : declared
  } catch {
    // The bytes are in neither, or the runtime does not have this charset.
    return text
  }
}

/** The charset that a response declares, unless that is UTF-8. */
export function declaredCharset(contentType: string | null | undefined): string | undefined {
  const [, charset] = CHARSET.exec(contentType ?? '') ?? []
  return charset && !/^utf-?8$/i.test(charset) ? charset : undefined
}
