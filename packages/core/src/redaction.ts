import { isLogoutError, LogoutError } from './errors.ts'
import { hiddenIn } from './hidden-secret.ts'
import { printable } from './printable.ts'
import { sharedWindows, WINDOW, windowsOf } from './shared-windows.ts'

const MASK = '[masked]'
/** The minimum length. Anything shorter is part of many words: masking it would hide the cause and protect nothing. */
const LEAST = 4

/** Turns provider or runtime text into text that may be logged. */
export type Redact = (text: string, maxLength?: number) => string

/**
 * Creates a function that masks every secret in a text, in each form that may be returned, and also any part of 12
 * characters or more, because providers and runtimes often quote the beginning of their input. If a secret is only
 * found by decoding, the whole text is masked. The rest is made printable.
 */
export function redactor(secrets: Iterable<string | undefined>): Redact {
  const needles = formsOf(secrets)
  return (text, maxLength = 300) => {
    // Cut generously first, so that a hostile text costs little, and to the exact length only after masking.
    let masked = text.slice(0, maxLength * 4)
    const found = hiddenIn(masked, needles)
    for (const needle of found) masked = mask(masked, needle)
    if (found.length > 0 && hiddenIn(masked, needles).length > 0) masked = MASK
    const shown = printable(masked)
    return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown
  }
}

/**
 * The secrets, unchanged and as sent, in lower case; a provider may quote any part. Without those of fewer than four
 * characters.
 */
function formsOf(secrets: Iterable<string | undefined>): Set<string> {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (!secret || secret.length < LEAST) continue
    forms.add(secret.toLowerCase())
    // Encoding would not change this secret.
    if (/^[\w.-]+$/.test(secret)) continue
    const form = new URLSearchParams({ '': secret }).toString().slice(1)
    for (const encoded of [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), form]) {
      forms.add(encoded.toLowerCase())
    }
  }
  return forms
}

function mask(text: string, needle: string): string {
  const folded = text.toLowerCase()
  // A few characters are longer in lower case.
  if (folded.length !== text.length) return MASK
  const length = Math.min(needle.length, WINDOW)
  const shared = needle.length < WINDOW ? new Set([needle]) : sharedWindows(needle, windowsOf([folded]))
  const hidden = Array.from(text, () => false)
  for (let start = 0; start < text.length; start++) {
    if (shared.has(folded.slice(start, start + length))) hidden.fill(true, start, start + length)
  }
  // Adjacent characters may be the rest of the same secret in base64.
  return text
    .split('')
    .map((character, at) => (hidden[at] ? '\0' : character))
    .join('')
    .replace(/((?<![\w+/-])[\w+/-]{8,})?\0+([\w+/-]{8,})?/g, MASK)
}

/**
 * Copies an error without anything that could contain a secret: its name, code, masked message and causes, and the
 * other members of a `LogoutError`. The stack is omitted, because engines repeat the message in it.
 */
export function redactCause(value: unknown, redact: Redact, depth = 3): Error | undefined {
  if (depth === 0 || value === undefined || value === null) return undefined
  const { name, message, code, cause } = (typeof value === 'object' ? value : { message: value }) as Record<
    string,
    unknown
  >
  // Anything can be thrown, even a value that cannot become a string.
  const told = redact(Object(message) === message ? 'unknown error' : String(message ?? 'unknown error'), 1_000)
  const behind = redactCause(cause, redact, depth - 1)
  if (isLogoutError(value)) {
    const { code, concerns, ...details } = value
    const masked = Object.entries(details).map(([key, one]) => [key, typeof one === 'string' ? redact(one) : one])
    return new LogoutError(code, told, { ...Object.fromEntries(masked), cause: behind })
  }
  const clean = new Error(told)
  delete clean.stack
  if (typeof name === 'string') Object.defineProperty(clean, 'name', { value: redact(name, 60) })
  if (typeof code === 'string') Object.assign(clean, { code: redact(code, 60) })
  if (behind) Object.defineProperty(clean, 'cause', { value: behind })
  return clean
}
