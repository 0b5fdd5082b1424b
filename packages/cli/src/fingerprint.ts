import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { readSecretFile } from './files/read-text-file.ts'
import type { Terminal } from './terminal/terminal.ts'

/** Names a token without showing it. */
export type Fingerprint = (token: string) => string

const LEAST_KEY_BYTES = 16

/** Names a token as `fingerprintToken` does, but synchronously: bulk runs do this a million times. */
export function fingerprint(token: string): string {
  // An import would load OpenSSL's wrappers for every command.
  const { hash } = process.getBuiltinModule('node:crypto')
  return `sha256:${hash('sha256', token, 'hex').slice(0, 16)}`
}

/**
 * Creates fingerprints as configured by the environment: with the key in `FINGERPRINT_KEY`, or in the file that
 * `FINGERPRINT_KEY_FILE` names, or without one.
 *
 * @throws CommandError when there is a key that cannot be used
 */
export async function fingerprintFor(terminal: Terminal): Promise<Fingerprint> {
  const key = await readFingerprintKey(terminal)
  if (key === undefined) return fingerprint
  const { createHmac, createSecretKey } = process.getBuiltinModule('node:crypto')
  const secret = createSecretKey(Buffer.from(key))
  return (token) => `hmac:${createHmac('sha256', secret).update(token).digest('hex').slice(0, 16)}`
}

/** Reads the key for fingerprints. @throws CommandError when there is one that cannot be used */
export async function readFingerprintKey(terminal: Terminal): Promise<string | undefined> {
  const { FINGERPRINT_KEY, FINGERPRINT_KEY_FILE } = terminal.env
  const file = FINGERPRINT_KEY?.trim() ? undefined : FINGERPRINT_KEY_FILE?.trim() || undefined
  const role = 'The file of FINGERPRINT_KEY_FILE'
  const key = (file === undefined ? FINGERPRINT_KEY : await readSecretFile(file, role, terminal))?.trim()
  if (file === undefined && !key) return undefined
  if (key && Buffer.byteLength(key) >= LEAST_KEY_BYTES) return key
  throw new CommandError(
    ExitCode.usage,
    `${file === undefined ? 'FINGERPRINT_KEY' : role} must have at least ${LEAST_KEY_BYTES} bytes, such as those of ` +
      "'openssl rand -base64 32'.",
  )
}
