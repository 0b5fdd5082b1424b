import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'

/** The file with the signature of a report. */
export function signaturePath(report: string): string {
  return `${report}.jws`
}

const KINDS =
  'It must be a key for signatures, in PEM or as a JWK: Ed25519, EC (P-256, P-384, P-521), or RSA of 2048 bits or more.'

/** Reads a private key, and tries it: the two halves of a JWK may not match. @throws CommandError without any part of it */
export async function parsePrivateKey(text: string, role: string): Promise<KeyObject> {
  const key = checked(() => createPrivateKey(inputOf(text)), role)
  const signature = await sign(role, key).catch(() => '')
  if (!(await isSignatureOf(signature, role, createPublicKey(key)))) throw unusable(role)
  return key
}

/** Reads a public key, or takes it from a private one. @throws CommandError which contains no part of it */
export function parsePublicKey(text: string, role: string): KeyObject {
  return checked(() => createPublicKey(inputOf(text)), role)
}

function inputOf(text: string): Parameters<typeof createPublicKey>[0] & Parameters<typeof createPrivateKey>[0] {
  const trimmed = text.trim()
  return trimmed.startsWith('{') ? { key: JSON.parse(trimmed), format: 'jwk' } : trimmed
}

function checked(read: () => KeyObject, role: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = read()
  } catch {
    // The messages of OpenSSL and of JSON quote invalid input.
  }
  if (!key || algorithmOf(key) === undefined) throw unusable(role)
  return key
}

function unusable(role: string): CommandError {
  return new CommandError(ExitCode.usage, `${role} cannot be used. ${KINDS}`)
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails ?? {}
  if (asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (asymmetricKeyType === 'rsa') return modulusLength >= 2048 ? 'PS256' : undefined
  if (asymmetricKeyType !== 'ec') return undefined
  return { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[namedCurve ?? '']
}

/**
 * Signs a text with a detached JWS (RFC 7515 Appendix F): the text itself stays readable.
 *
 * @returns the JWS without its payload; its `kid` is the thumbprint of the public key (RFC 7638)
 */
export async function sign(text: string, key: KeyObject): Promise<string> {
  const { CompactSign } = await import('jose')
  const kid = await thumbprint(createPublicKey(key))
  const header = { alg: algorithmOf(key) as string, kid }
  const jws = await new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(header).sign(key)
  const [head, , signature] = jws.split('.')
  return `${head}..${signature}`
}

/** Verifies a detached JWS of a text with a key. The algorithm in the header is not trusted. */
export async function isSignatureOf(jws: string, text: string, key: KeyObject): Promise<boolean> {
  const [head, payload, signature, ...rest] = jws.trim().split('.')
  if (!head || payload !== '' || !signature || rest.length > 0) return false
  const { compactVerify } = await import('jose')
  const whole = `${head}.${Buffer.from(text).toString('base64url')}.${signature}`
  try {
    await compactVerify(whole, key, { algorithms: [algorithmOf(key) as string] })
    return true
  } catch {
    return false
  }
}

/** Names a public key (RFC 7638). */
export async function thumbprint(key: KeyObject): Promise<string> {
  const { calculateJwkThumbprint, exportJWK } = await import('jose')
  return calculateJwkThumbprint(await exportJWK(key))
}
