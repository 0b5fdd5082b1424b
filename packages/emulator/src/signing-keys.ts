import { randomBytes } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'

/** The algorithms access tokens are signed with: RS256 on the wire, ES256 if many are issued at a time. */
export type SigningAlgorithm = 'RS256' | 'ES256'

/** One of the emulator's key pairs. */
export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** The private key in the form of `oidc-provider`; the provider publishes its public half. */
  readonly jwk: JWK
}

/** The emulator's key pairs by algorithm. */
export type SigningKeys = Readonly<Record<SigningAlgorithm, SigningKey>>

/** Generates new key pairs for every emulator. */
export async function createSigningKeys(): Promise<SigningKeys> {
  const [RS256, ES256] = await Promise.all([createSigningKey('RS256'), createSigningKey('ES256')])
  return { RS256, ES256 }
}

async function createSigningKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const kid = randomBytes(8).toString('hex')
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } }
}
