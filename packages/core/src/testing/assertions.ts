import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import type { ClientAuthContext } from '../client-auth.ts'
import type { privateKeyJwt, SigningAlgorithm } from '../jwt.ts'

/** A private key in any form. */
export type Key = Parameters<typeof privateKeyJwt>[0]
/** The forms of a private key. */
export type Form = 'PEM' | 'JWK' | 'CryptoKey'

/** The request that an assertion is for. */
export const CONTEXT: ClientAuthContext = {
  appId: 'app',
  endpoint: 'revocation',
  url: 'https://id.example.com/token/revocation',
  issuer: 'https://id.example.com',
  attempt: 1,
}

/** A key of each type. */
export const keys = {
  'EC P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'EC P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'EC P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  Ed25519: generateKeyPairSync('ed25519').privateKey,
}

type Subtle = Parameters<KeyObject['toCryptoKey']>[0]
/** The algorithms of Web Crypto. */
export const SUBTLE: Record<SigningAlgorithm, Subtle> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  PS384: { name: 'RSA-PSS', hash: 'SHA-384' },
  PS512: { name: 'RSA-PSS', hash: 'SHA-512' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  EdDSA: { name: 'Ed25519' },
  Ed25519: { name: 'Ed25519' },
}

/** A key as PEM. */
export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** A key as JWK, with further members. */
export function jwkOf(key: KeyObject, more: object = {}): Exclude<Key, string> {
  return { ...key.export({ format: 'jwk' }), ...more } as never
}

/** A key in one of its forms. */
export function formOf(key: KeyObject, form: Form, alg: SigningAlgorithm): Key {
  if (form === 'PEM') return pemOf(key)
  return form === 'JWK' ? jwkOf(key) : key.toCryptoKey(SUBTLE[alg], false, ['sign'])
}

/** Reads a part of a JWT. */
export function decode(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
}

/** Verifies an assertion independently of the code that created it, and returns its claims. */
export function readSigned(assertion: string, key: KeyObject) {
  const [header, payload, signature] = assertion.split('.')
  const { alg, ...rest } = decode(header)
  const hash = /^Ed/.test(String(alg)) ? undefined : `sha${String(alg).slice(2)}`
  const pss = String(alg).startsWith('PS') ? { padding: 6, saltLength: -1 } : {}
  const valid = verify(
    hash,
    Buffer.from(`${header}.${payload}`),
    { key: createPublicKey(key), dsaEncoding: 'ieee-p1363', ...pss },
    Buffer.from(signature ?? '', 'base64url'),
  )
  return { valid, alg, header: rest, claims: decode(payload) }
}

/** The assertion that a client authentication makes. */
export async function assertionOf(auth: ReturnType<typeof privateKeyJwt>, context: Partial<ClientAuthContext> = {}) {
  const { body } = await auth({ ...CONTEXT, ...context })
  return body?.client_assertion ?? ''
}
