import { ISSUER, publishKeys } from './desk.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))
const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const encode = (value: unknown): string => base64url(bytesOf(JSON.stringify(value)))

/** Signs logout tokens, valid ones or with changes. */
export type Sign = (claims?: object, header?: object) => Promise<string>

/** Creates a key pair of the issuer at the desk, with the Web Crypto of this runtime. It signs with ES256. */
export async function createSigner(): Promise<{ readonly sign: Sign; publish(): Promise<void> }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return {
    publish: () => publishKeys([{ kty, crv, x, y, kid: '1', alg: 'ES256', use: 'sig' }]),
    async sign(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000)
      const usual = { iss: ISSUER, aud: 'app', sub: 'alice', sid: 's1', events: { [EVENT]: {} } }
      const times = { iat: now, exp: now + 120, jti: crypto.randomUUID() }
      const payload = encode({ ...usual, ...times, ...claims })
      const signed = `${encode({ alg: 'ES256', kid: '1', typ: 'logout+jwt', ...header })}.${payload}`
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytesOf(signed))
      return `${signed}.${base64url(signature)}`
    },
  }
}

/** Creates a key pair for encrypting tokens for the application, RSA-OAEP-256 and A128GCM. */
export async function createEncryption(): Promise<{
  readonly privateKey: JsonWebKey
  encrypt(token: string): Promise<string>
}> {
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])) as CryptoKeyPair
  const { kty, n, e, d, p, q, dp, dq, qi } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return {
    privateKey: { kty, n, e, d, p, q, dp, dq, qi } as JsonWebKey,
    async encrypt(token) {
      const header = encode({ alg: 'RSA-OAEP-256', enc: 'A128GCM', cty: 'JWT' })
      const [key, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))]
      const wrapped = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, pair.publicKey, key)
      const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt'])
      const aead = { name: 'AES-GCM', iv, additionalData: bytesOf(header) }
      const sealed = await crypto.subtle.encrypt(aead, aes, bytesOf(token))
      const [text, tag] = [sealed.slice(0, -16), sealed.slice(-16)]
      return [header, base64url(wrapped), base64url(iv), base64url(text), base64url(tag)].join('.')
    },
  }
}
