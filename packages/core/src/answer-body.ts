import type { TransportResponse } from './transport.ts'

/** A JSON object, or a form read into one. */
export type Fields = Record<string, unknown>

/**
 * What a body is, whatever its content type calls it.
 *
 * - `empty`: nothing, or white space.
 * - `json`: it parses as JSON, or is a form that states an `error`.
 * - `text`: plain text.
 * - `page`: HTML or XML.
 * - `broken`: cut off, malformed JSON, or binary.
 */
export type AnswerBody =
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'empty' | 'page' | 'broken' }

/** Finds out what the body of an answer is. Content types are not read, because they are often wrong. */
export function readAnswerBody({ body, truncated }: Pick<TransportResponse, 'body' | 'truncated'>): AnswerBody {
  const text = body.trim()
  if (text.startsWith('<')) return { kind: 'page' }
  if (truncated) return { kind: 'broken' }
  if (text === '') return { kind: 'empty' }
  try {
    return { kind: 'json', json: JSON.parse(text) as unknown }
  } catch {}
  if (/^(?:\w+=[^\s&]*&)*error=/.test(text))
    return { kind: 'json', json: Object.fromEntries(new URLSearchParams(text)) }
  // Neither broken JSON nor, as its control characters show, anything binary.
  if (/^[{[]|[^\P{Cc}\s]/u.test(text)) return { kind: 'broken' }
  return /<\/?[a-z][^<>]*>/i.test(text) ? { kind: 'page' } : { kind: 'text', text }
}

/** Returns a value as a JSON object; `undefined` where it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}
