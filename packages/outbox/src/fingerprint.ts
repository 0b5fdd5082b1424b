import { createHash, createHmac, createSecretKey } from 'node:crypto'
import { OutboxError } from './errors.ts'

const LEAST_KEY_BYTES = 16

/**
 * Names tokens as `fingerprintToken` of `@backend-logout/core` does, but synchronously.
 *
 * @throws OutboxError `invalid_options` when the key is not one
 */
export function createFingerprint(key: string | undefined): (token: string) => string {
  if (key === undefined) return (token) => `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`
  if (typeof key !== 'string' || Buffer.byteLength(key) < LEAST_KEY_BYTES) {
    throw new OutboxError('invalid_options', `fingerprintKey must be a string of at least ${LEAST_KEY_BYTES} bytes.`)
  }
  const secret = createSecretKey(Buffer.from(key))
  return (token) => `hmac:${createHmac('sha256', secret).update(token).digest('hex').slice(0, 16)}`
}
