import { sharedWindows } from './shared-windows.ts'

const DEPTH = 3

/** Escapes of URLs, HTML, JSON and JavaScript. */
const ESCAPE =
  /%([\da-f]{2})|&#x([\da-f]{1,6});?|&#(\d{1,7});?|\\u\{?([\da-f]{4})\}?|\\x([\da-f]{2})|&(amp|lt|gt|quot|apos);|\\(.)/gi
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const HEX = /(?:[\da-f]{2}[\s:,-]?){12,}/gi
const BASE64 = /[\w+/-]{16,}/g
/** Decoded at the wrong place, text becomes noise, in which nobody can read a secret. */
const LEGIBLE = /[\x20-\x7e]{12,}/g

/**
 * Tells whether a text holds 12 characters of a secret in other letter case, or written in percent-encoding, HTML
 * entities, escapes of JSON, hexadecimal or base64, one within the other up to three deep.
 */
export function hiddenIn(text: string, secrets: readonly string[]): boolean {
  const folded = Array.from(readings(text, DEPTH), (reading) => reading.toLowerCase())
  return folded.length > 0 && secrets.some((secret) => sharedWindows(secret.toLowerCase(), folded).size > 0)
}

/** All that a text may stand for. Identifiers that are nothing but hexadecimal are not read as they are: most texts are. */
function* readings(text: string, depth: number): Iterable<string> {
  if (!/^[\da-f-]*$/i.test(text)) yield text
  if (depth === 0) return
  for (const decoded of [unescaped(text), ...(text.match(HEX) ?? []).map(fromHex), ...fromBase64(text)]) {
    if (decoded !== text && decoded !== '') yield* readings(decoded, depth - 1)
  }
}

function unescaped(text: string): string {
  if (!/[%&\\]/.test(text)) return text
  return text.replace(ESCAPE, (...groups: string[]) => {
    const [, percent, hex, decimal, unicode, short, entity, escaped] = groups
    if (entity) return ENTITIES[entity.toLowerCase()] ?? ''
    if (escaped) return escaped
    const code = decimal ? Number(decimal) : Number.parseInt(percent ?? hex ?? unicode ?? short ?? '', 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

function fromHex(run: string): string {
  const pairs = run.replace(/[^\da-f]/gi, '').match(/../g) ?? []
  return legible(String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16))))
}

/** Where its groups of four begin is not known. */
function fromBase64(text: string): string[] {
  return (text.match(BASE64) ?? []).flatMap((run) => {
    if (/^[\da-f-]+$/i.test(run)) return []
    const standard = run.replaceAll('-', '+').replaceAll('_', '/')
    return [0, 1, 2, 3].map((start) => {
      const length = standard.length - start
      return legible(atob(standard.slice(start, start + length - (length % 4))))
    })
  })
}

function legible(text: string): string {
  return text.match(LEGIBLE)?.join(' ') ?? ''
}
