/** Verifies logout tokens on whatever runtime this is, on its own Web Crypto. Its last line says that all was well. */
import { createBackChannelHandler, createLogoutTokenVerifier, createMemorySessionIndex } from '@backend-logout/receiver'

const ISSUER = 'https://id.example.com'
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))
const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const encode = (value: unknown): string => base64url(bytesOf(JSON.stringify(value)))

interface Signer {
  readonly keys: unknown
  sign(changes?: object, header?: object): Promise<string>
}

/** An issuer that signs with ES256, on the runtime's own Web Crypto. */
async function createSigner(): Promise<Signer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return {
    keys: { keys: [{ kty, crv, x, y, kid: '1', alg: 'ES256', use: 'sig' }] },
    async sign(changes = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000)
      const times = { iat: now, exp: now + 120, jti: crypto.randomUUID() }
      const claims = { iss: ISSUER, aud: 'app', sub: 'alice', sid: 's1', ...times, events: { [EVENT]: {} }, ...changes }
      const signed = `${encode({ alg: 'ES256', kid: '1', typ: 'logout+jwt', ...header })}.${encode(claims)}`
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytesOf(signed))
      return `${signed}.${base64url(signature)}`
    },
  }
}

/** Encrypts a token with RSA-OAEP-256 and A128GCM. */
async function encrypt(token: string, publicKey: CryptoKey): Promise<string> {
  const header = encode({ alg: 'RSA-OAEP-256', enc: 'A128GCM', cty: 'JWT' })
  const [key, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))]
  const wrapped = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, publicKey, key)
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt'])
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: bytesOf(header) },
    aes,
    bytesOf(token),
  )
  const [text, tag] = [sealed.slice(0, -16), sealed.slice(-16)]
  return [header, base64url(wrapped), base64url(iv), base64url(text), base64url(tag)].join('.')
}

function equal(actual: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (one !== other) throw new Error(`${one} is not ${other}`)
}

/** A program that one runtime after the other runs needs no server: the answers come from here. */
const transportOf = ({ keys }: Signer): never => {
  const send = async ({ url }: { url: string }): Promise<unknown> => {
    const metadata = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }
    const body = JSON.stringify(url.endsWith('/jwks') ? keys : metadata)
    return { status: 200, headers: new Headers(), body, truncated: false, redirected: false }
  }
  return { send } as never
}
const codeOf = (verification: Promise<unknown>): Promise<string> =>
  verification.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )

const cases: [string, () => Promise<void>][] = []
const test = (name: string, run: () => Promise<void>): unknown => cases.push([name, run])

test('a logout token is verified, and ends the session that it names', async () => {
  const signer = await createSigner()
  const live = new Set(['1', '2'])
  const sessions = createMemorySessionIndex({ end: (id) => live.delete(id) })
  const iat = Math.floor(Date.now() / 1000) - 60
  await sessions.add('1', { iss: ISSUER, sub: 'alice', sid: 's1', iat })
  await sessions.add('2', { iss: ISSUER, sub: 'alice', sid: 's2', iat })
  const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app', transport: transportOf(signer) })
  const handler = createBackChannelHandler({ verifier, sessions })
  const deliver = async (token: string): Promise<number> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams({ logout_token: token }).toString()
    return (await handler(new Request('https://app.example.com/', { method: 'POST', headers, body }))).status
  }
  equal(await deliver('nonsense'), 400)
  equal([...live], ['1', '2'])
  const token = await signer.sign()
  equal([await deliver(token), await deliver(token)], [200, 200])
  equal([...live], ['2'])
})

test('logout tokens that are forged, foreign, of another type or late are refused', async () => {
  const [signer, stranger] = await Promise.all([createSigner(), createSigner()])
  const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app', transport: transportOf(signer) })
  const codes: string[] = []
  for (const token of [
    signer.sign(),
    stranger.sign(),
    signer.sign({ aud: 'another' }),
    signer.sign({ nonce: 'n' }),
    signer.sign({ events: undefined }),
    signer.sign({}, { typ: 'at+jwt' }),
    signer.sign({}, { alg: 'none' }),
    signer.sign({}, { kid: '2' }),
    signer.sign({ iat: 1, exp: 2 }),
  ]) {
    codes.push(await codeOf(verifier.verify(await token)))
  }
  equal(codes, [
    ...['accepted', 'wrong_signature', 'wrong_audience', 'nonce_present', 'not_a_logout', 'wrong_type'],
    ...['algorithm_not_allowed', 'unknown_key', 'expired'],
  ])
})

test('an encrypted logout token is decrypted', async () => {
  const signer = await createSigner()
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])) as CryptoKeyPair
  const { kty, n, e, d, p, q, dp, dq, qi } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const decryptionKeys = [{ kty, n, e, d, p, q, dp, dq, qi }] as never
  const options = { issuer: ISSUER, clientId: 'app', transport: transportOf(signer), decryptionKeys }
  const verifier = createLogoutTokenVerifier(options)
  const token = await encrypt(await signer.sign(), pair.publicKey)
  equal(await codeOf(verifier.verify(token)), 'accepted')
  equal(await codeOf(verifier.verify(token.replace(/.{4}$/, 'AAAA'))), 'undecryptable')
  equal(await codeOf(verifier.verify(await signer.sign())), 'not_encrypted')
})

for (const [name, run] of cases) {
  await run()
  console.log(name)
}
console.log(`${cases.length} cases`)
