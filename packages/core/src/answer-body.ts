import type { TransportResponse } from './transport.ts'

/** A JSON object, or a form read into one. */
export type Fields = Record<string, unknown>

/**
 * Format of a body, regardless of its content type.
 *
 * - `empty`: nothing, or white space.
 * - `json`: it parses as JSON, possibly after a prefix that guards or calls it (`)]}',`, `callback(…);`) or is a form.
 *   `before` are lines of text before it, such as warnings of PHP.
 * - `text`: plain text.
 * - `page`: HTML or XML.
 * - `broken`: cut off, malformed JSON, or binary.
 */
export type AnswerBody =
  | { readonly kind: 'json'; readonly json: unknown; readonly before?: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'empty' | 'page' | 'broken' }

/** A prefix of JSON that lets a script load it, or prevents that. */
const GUARD = /^(?:\)]}',?|(?:for|while) ?\(.{0,5}\);|\/\*.{0,40}\*\/|[\w.$]{1,60}\()\s*(?=[{[])/

/** Determines the kind of a response's body. Content types are not read, because they are often wrong. */
export function readAnswerBody({ body, truncated }: Pick<TransportResponse, 'body' | 'truncated'>): AnswerBody {
  const text = body.trim()
  if (text.startsWith('<')) return { kind: 'page' }
  if (truncated) return { kind: 'broken' }
  if (text === '') return { kind: 'empty' }
  for (const candidate of candidatesIn(text)) {
    try {
      return { kind: 'json', json: unwrapped(JSON.parse(candidate)) }
    } catch {}
  }
  if (/^[a-z]\w*=[^\s&=]*(?:&[a-z]\w*=[^\s&]*)*$/i.test(text)) {
    return { kind: 'json', json: Object.fromEntries(new URLSearchParams(text)) }
  }
  const before = text.slice(0, Math.max(0, text.search(/^[{[]/m)))
  const behind = unwrapped(text.slice(before.length))
  if (before !== '' && typeof behind !== 'string') return { kind: 'json', json: behind, before }
  // Neither broken JSON nor, as its control characters show, anything binary.
  if (/^[{[]|[^\P{Cc}\s]/u.test(text)) return { kind: 'broken' }
  return /<\/?[a-z][^<>]*>/i.test(text) ? { kind: 'page' } : { kind: 'text', text }
}

/** The text, and then without a prefix and what ends it. */
function* candidatesIn(text: string): Iterable<string> {
  yield text
  yield text.replace(GUARD, '').replace(/(?<=[}\]])\s*\)?;?$/, '')
}

/** Returns the JSON inside a text, as functions behind a gateway return it; otherwise the value. */
export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Returns a value as a JSON object; `undefined` if it is not one. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** The number of levels that are read below the top of a body. */
export const DEPTH = 3
/** The maximum number of values that are read. Thousands of them would take a tenth of a second. */
export const MOST_VALUES = 1_000

/** A number within bounds, also one that is text. */
export function numberOf(
  value: unknown,
  least: number = -Number.MAX_VALUE,
  most: number = Number.MAX_VALUE,
): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number >= least && number <= most ? number : undefined
}
