import { MASK } from '../input/token-mask.ts'

/** Shorter secrets are part of many words. */
const LEAST = 4
/** Deeper members are masked unread. */
const MAX_DEPTH = 64
const BASE64 = /[\w+/-]{6,}={0,2}/g
const HEX = /(?:[\da-f]{2}){6,}[\da-f]?/gi

/**
 * Copies a provider's response without the secrets of the request, which some providers echo: unchanged, in
 * percent-encoding, base64 or hexadecimal.
 */
export function maskEchoes(value: unknown, secrets: Iterable<string | undefined>): unknown {
  const forms = formsOf(secrets)
  const holds = (text: string): boolean => {
    const folded = text.toLowerCase()
    return forms.some((form) => folded.includes(form.toLowerCase()))
  }
  const maskText = (text: string): string => {
    let masked = text
    for (const form of forms) masked = masked.replaceAll(form, MASK)
    masked = masked
      .replace(BASE64, (run) => (fromBase64(run).some(holds) ? MASK : run))
      .replace(HEX, (run) => (fromHex(run).some(holds) ? MASK : run))
    return holds(masked) || holds(percentDecoded(masked)) ? MASK : masked
  }
  const copy = (part: unknown, depth: number): unknown => {
    if (typeof part === 'string') return maskText(part)
    if (typeof part !== 'object' || part === null) return part
    if (depth === MAX_DEPTH) return MASK
    if (Array.isArray(part)) return part.map((one) => copy(one, depth + 1))
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [maskText(name), copy(one, depth + 1)]))
  }
  return copy(value, 0)
}

function formsOf(secrets: Iterable<string | undefined>): string[] {
  const long = [...secrets].filter((secret) => secret !== undefined && secret.length >= LEAST) as string[]
  const encoded = long.flatMap((one) => [encodeURIComponent(one), new URLSearchParams({ '': one }).toString().slice(1)])
  return [...new Set([...long, ...encoded])]
}

/** The start of the groups of two is unknown, because any word can end with a digit. */
function fromHex(run: string): string[] {
  return [0, 1].map((start) => Buffer.from(run.slice(start), 'hex').toString())
}

/** The start of the groups of four is unknown. */
function fromBase64(run: string): string[] {
  return [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString())
}

function percentDecoded(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
