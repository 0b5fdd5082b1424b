import { sharedWindows, WINDOW, windowsOf } from './shared-windows.ts'

const DEPTH = 3
/** With more blocks, comparing windows is cheaper, and a hostile text could make the search slow. */
const FEW = 20

/** Escapes of URLs, HTML, JSON and JavaScript. */
const ESCAPE =
  /(?:%|\\x)([\da-f]{2})|&#0*(\d{1,6});?|(?:&#x0*|\\u\{0*)([\da-f]{1,5})[;}]?|\\u([\da-f]{4})|&(amp|lt|gt|quot|apos);|\\(.)/gi
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const HEX = /(?:[\da-f]{2}[\s:,-]?){12,}/gi
const BASE64 = /[\w+/-]{16,}/g
/** Text that is decoded from the wrong position becomes noise, in which no secret is readable. */
const LEGIBLE = /[\x20-\x7e]{12,}/g

/**
 * Returns the secrets of which a text contains 12 characters, or all if a secret is shorter: unchanged, in another
 * letter case, or written in percent-encoding, HTML entities, escapes of JSON, hexadecimal or base64, one within the
 * other up to three deep.
 *
 * @param secrets In lower case.
 */
export function hiddenIn(text: string, secrets: Iterable<string>): string[] {
  const folded = Array.from(readings(text, DEPTH), (reading) => reading.toLowerCase())
  const windows = windowsOf(folded)
  // Every window contains one of these completely.
  const blocks = folded.flatMap((reading) => reading.match(/.{6}/gs) ?? [])
  return Array.from(secrets).filter((secret) => {
    if (secret.length < WINDOW) return folded.some((reading) => reading.includes(secret))
    // Nearly all texts are short and contain no secret; for them, this is several times faster.
    if (blocks.length <= FEW && !blocks.some((block) => secret.includes(block))) return false
    return sharedWindows(secret, windows).size > 0
  })
}

/** All possible decodings of a text. */
function* readings(text: string, depth: number): Iterable<string> {
  yield text
  if (depth === 0) return
  for (const decoded of [unescaped(text), ...(text.match(HEX) ?? []).map(fromHex), ...fromBase64(text)]) {
    if (decoded !== text && decoded !== '') yield* readings(decoded, depth - 1)
  }
}

function unescaped(text: string): string {
  return text.replace(ESCAPE, (...groups: string[]) => {
    const [, pair, decimal, hex, unicode, entity, escaped] = groups
    if (entity) return ENTITIES[entity.toLowerCase()] ?? ''
    return escaped ?? String.fromCodePoint(Number(decimal ?? `0x${pair ?? hex ?? unicode}`))
  })
}

function fromHex(run: string): string {
  const pairs = run.replace(/[^\da-f]/gi, '').match(/../g) ?? []
  return legible(String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16))))
}

/** The start of its groups of four is unknown. */
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
