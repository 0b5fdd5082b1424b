import { printable } from '../terminal/printable.ts'
import { isSecretName } from './secret-names.ts'
import { MASK, maskTokens } from './token-mask.ts'

/** Longer values are cut: they only serve to find the row again. */
const MAX_KEPT_CHARACTERS = 256
/** Deeper members are masked unread. */
const MAX_DEPTH = 8
/** Texts that spreadsheets interpret as a formula. Numbers with a sign are not formulas. */
const FORMULA = /^[=+\-@\t\r\n]/
const SIGNED_NUMBER = /^[+-]?\d[\d .,]*$/

/**
 * Makes a value of a third party's table safe to keep: without tokens and secrets, also inside JSON, without characters
 * that hide text or change its direction, and without formulas for spreadsheets.
 *
 * @param token The token of the same row.
 */
export function keptValue(value: string, token?: string): string {
  const masked = maskText(value, token, 0)
  const cut = masked.length > MAX_KEPT_CHARACTERS ? `${masked.slice(0, MAX_KEPT_CHARACTERS)}…` : masked
  const harmless = FORMULA.test(cut.trimStart()) && !SIGNED_NUMBER.test(cut) ? `'${cut}` : cut
  return printable(harmless)
}

function maskText(text: string, token: string | undefined, depth: number): string {
  const without = (whole: string): string => (token === undefined ? whole : whole.replaceAll(token, MASK))
  const json = parseJson(text)
  if (json === undefined) return maskTokens(without(text))
  const masked = maskJson(json, token, depth + 1)
  // Unchanged JSON stays as it was written.
  return without(masked === json ? text : JSON.stringify(masked))
}

/** A copy in which secret members and everything that looks like a token are masked; the same value if it has none. */
function maskJson(value: unknown, token: string | undefined, depth: number): unknown {
  if (typeof value === 'string') return depth > MAX_DEPTH ? MASK : maskText(value, token, depth)
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) return MASK
  if (Array.isArray(value)) {
    const isPair = value.length === 2 && isNameOfSecret(value[0])
    const copy = value.map((one, at) => (isPair && at === 1 ? MASK : maskJson(one, token, depth + 1)))
    return copy.every((one, at) => one === value[at]) ? value : copy
  }
  const entries = Object.entries(value)
  const isPair = entries.some(([name, member]) => /^(?:name|key)$/i.test(name) && isNameOfSecret(member))
  const copy = entries.map(([name, member]): [string, unknown] => [
    maskText(name, token, depth),
    saysNothing(member) || !(isSecretName(name) || (isPair && /^value$/i.test(name)))
      ? maskJson(member, token, depth + 1)
      : MASK,
  ])
  const isSame = copy.every(([name, member], at) => name === entries[at]?.[0] && member === entries[at]?.[1])
  return isSame ? value : Object.fromEntries(copy)
}

/** The name in a pair of a name and a value, such as a header. */
function isNameOfSecret(value: unknown): boolean {
  return typeof value === 'string' && isSecretName(value)
}

/** A value that only shows whether there is a secret. */
function saysNothing(value: unknown): boolean {
  return value === null || value === '' || typeof value === 'boolean'
}

/** The value of a text that is JSON; `undefined` for numbers, and for other texts. */
function parseJson(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
