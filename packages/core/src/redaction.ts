import { hiddenIn } from './hidden-secret.ts'
import { printable } from './printable.ts'
import { sharedWindows, WINDOW } from './shared-windows.ts'

const MASK = '[masked]'
const BASE64 = /[\w+/-]{16,}/g

/** Turns provider or runtime text into text that may be logged. */
export type Redact = (text: string, maxLength?: number) => string

/**
 * Makes a function that masks every secret in a text, in each form in which it may come back: as it was sent,
 * form-encoded, percent-encoded, JSON-escaped or within base64, and also a part of it of 12 characters or more, because
 * providers and runtimes like to quote the beginning of what they were sent. Where a secret is only found by decoding,
 * or in another case, nothing of the text is left. What remains is made printable.
 */
export function redactor(secrets: Iterable<string | undefined>): Redact {
  const needles = new Set<string>()
  const plain: string[] = []
  for (const secret of secrets) {
    if (!secret) continue
    plain.push(secret)
    needles.add(secret)
    // What needs no encoding comes back as it was.
    if (/^[\w.-]+$/.test(secret)) continue
    needles.add(JSON.stringify(secret).slice(1, -1))
    for (const encoded of [encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)]) {
      needles.add(encoded)
      needles.add(encoded.replace(/%../g, (code) => code.toLowerCase()))
    }
  }
  const maskAll = (text: string): string => {
    let masked = text
    for (const needle of needles) masked = mask(masked, needle)
    return masked
  }
  // Request ids mostly are hexadecimal, which base64 hardly ever is: a short cut that most answers can take.
  const hidden = (run: string): boolean =>
    !/^[\da-f-]+$/i.test(run) && decodings(run).some((decoded) => maskAll(decoded) !== decoded)
  return (text, maxLength = 300) => {
    // Cut generously first, so that a hostile text costs little, and to size only after masking.
    const masked = maskAll(text.slice(0, maxLength * 4).replace(BASE64, (run) => (hidden(run) ? MASK : run)))
    if (hiddenIn(masked, plain)) return MASK
    const shown = printable(masked)
    return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown
  }
}

/** What a run of characters may stand for in base64. Where its groups of four begin is unknown. */
function decodings(run: string): string[] {
  const standard = run.replaceAll('-', '+').replaceAll('_', '/')
  const decoder = new TextDecoder()
  return [0, 1, 2, 3].map((start) => {
    const length = standard.length - start
    const bytes = atob(standard.slice(start, start + length - (length % 4)))
    return decoder.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
  })
}

function mask(text: string, needle: string): string {
  if (needle.length < 4) return text.includes(needle) ? MASK : text
  if (needle.length < WINDOW) return text.replaceAll(needle, MASK)
  const shared = sharedWindows(needle, [text])
  if (shared.size === 0) return text
  let masked = ''
  let position = 0
  while (position < text.length) {
    let end = position + WINDOW
    if (shared.has(text.slice(position, end))) {
      while (end < text.length && shared.has(text.slice(end + 1 - WINDOW, end + 1))) end++
      masked += MASK
      position = end
    } else {
      masked += text[position++]
    }
  }
  return masked
}

/**
 * Copies an error without anything that could hold a secret: name, code and masked message of it and of its causes.
 * The stack stays behind, because engines repeat the message in it.
 */
export function redactCause(value: unknown, redact: Redact, depth = 3): Error | undefined {
  if (value === undefined || value === null) return undefined
  const { name, message, code, cause } = (typeof value === 'object' ? value : { message: value }) as Record<
    string,
    unknown
  >
  // Anything can be thrown, also what cannot be made a string.
  const told = Object(message) === message ? undefined : message
  const clean = new Error(redact(String(told ?? 'unknown error')))
  delete clean.stack
  if (typeof name === 'string') Object.defineProperty(clean, 'name', { value: redact(name, 60) })
  if (typeof code === 'string') Object.assign(clean, { code: redact(code, 60) })
  const behind = depth > 1 ? redactCause(cause, redact, depth - 1) : undefined
  if (behind) Object.defineProperty(clean, 'cause', { value: behind })
  return clean
}
