import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'

/** Secrets of one case, each of them unique and difficult to encode. */
export interface Canaries {
  readonly appSecret: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
}

const APP_ID = 'app:1'

/** The application that every case uses; its id is not a secret. */
export const appId: string = APP_ID

/** Makes new secrets. */
export function makeCanaries(): Canaries {
  const unique = (): string => randomBytes(18).toString('base64')
  const part = (): string => randomBytes(24).toString('base64url')
  return {
    appSecret: `${unique()}"\\é &%:${unique()}`,
    accessToken: `${unique()}"\\ &%+=~${unique()}`,
    refreshToken: `${unique()}'</>;${unique()}`,
    idToken: `${part()}.${part()}.${part()}`,
  }
}

const WINDOW = 12
// Every 12 consecutive characters contain 6 that begin at a multiple of 7, so looking at only those misses nothing.
const BLOCK = 6
const STRIDE = 7

/** Every form in which a response may contain a secret. */
function encodings(secret: string): string[] {
  const forms = new Set([
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
  ])
  const formEncoded = new URLSearchParams({ '': secret }).toString().slice(1)
  for (const text of [secret, formEncoded]) {
    // Base64 differs for each of the three positions at which the secret may begin.
    for (const before of ['', '-', '--']) {
      const bytes = Buffer.from(before + text)
      const whole = bytes.toString('base64').slice(before.length && 4, -4)
      forms.add(whole).add(whole.replaceAll('+', '-').replaceAll('/', '_'))
    }
  }
  return [...forms]
}

/** Looks for secrets, encoded or not, whole or in parts of 12 characters; returns the parts that it finds. */
export function leakDetector(canaries: Canaries): (text: string) => string[] {
  const parts = new Set<string>()
  const blocks = new Set<string>()
  for (const form of Object.values(canaries).flatMap(encodings)) {
    for (let at = 0; at + WINDOW <= form.length; at++) parts.add(form.slice(at, at + WINDOW))
    for (let at = 0; at + BLOCK <= form.length; at++) blocks.add(form.slice(at, at + BLOCK))
  }
  return (text) => {
    const found = new Set<string>()
    for (let block = 0; block < text.length; block += STRIDE) {
      if (!blocks.has(text.slice(block, block + BLOCK))) continue
      for (let at = Math.max(0, block - STRIDE); at <= block; at++) {
        const part = text.slice(at, at + WINDOW)
        if (parts.has(part)) found.add(part)
      }
    }
    return [...found]
  }
}

/** Everything that a log can show of a value: all of its properties, including hidden ones and causes. */
export function everythingIn(value: unknown): string {
  const texts = [
    inspect(value, { depth: null, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
    JSON.stringify(value) ?? '',
    String(value),
  ]
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(error.message, String(error), error.stack ?? '', JSON.stringify(error))
  }
  const text = texts.join('\n')
  // Buffers are shown as hexadecimal bytes separated by spaces.
  return text.includes('<Buffer') ? text.replace(/(?<=\b[0-9a-f]{2}) (?=[0-9a-f]{2}\b)/g, '') : text
}
