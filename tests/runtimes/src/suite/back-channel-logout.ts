import { equal, ok, rejection } from './assert.ts'
import { delivered, freshProvider, ISSUER, keyRequests, logOut, sendLogoutsToDesk, setKeys, signIn } from './desk.ts'
import type { Cases } from './host.ts'
import { createEncryption, createSigner } from './issuer.ts'

/** The reaction of an application to the logouts that its provider reports. */
export function backChannelLogoutCases({ test, show, receiver }: Cases): void {
  const { createBackChannelHandler, createLogoutTokenVerifier, createMemorySessionIndex, isLogoutTokenError } = receiver
  type Verifier = ReturnType<typeof createLogoutTokenVerifier>

  const verdict = async (verifier: Verifier, token: string): Promise<string> => {
    const error = await verifier.verify(token).then(
      () => undefined,
      (reason: unknown) => reason ?? 'no reason',
    )
    if (error === undefined) return 'accepted'
    ok(isLogoutTokenError(error), 'not a LogoutTokenError')
    return error.code
  }
  const claimsOf = (jwt: string): { iss: string; sub: string; sid?: string; iat: number } =>
    JSON.parse(atob(jwt.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''))
  const report = (token: string, type = 'application/x-www-form-urlencoded'): Request => {
    const body = new URLSearchParams({ logout_token: token }).toString()
    return new Request('https://app.example.com/', { method: 'POST', headers: { 'content-type': type }, body })
  }

  test('the logout token that a provider sends ends only the session that it names', async () => {
    const { issuer, apps } = await freshProvider()
    await sendLogoutsToDesk()
    const live = new Set<string>()
    const sessions = createMemorySessionIndex({ end: (id) => live.delete(id) })
    for (const [id, user] of [
      ['1', 'alice'],
      ['2', 'bob'],
    ] as const) {
      live.add(id)
      equal(await sessions.add(id, claimsOf((await signIn('post', user)).idToken)), true)
    }
    const verifier = createLogoutTokenVerifier({ issuer, clientId: apps.post.appId })
    const handler = createBackChannelHandler({ verifier, sessions })
    await logOut('alice')
    const token = new URLSearchParams(await delivered()).get('logout_token') ?? ''
    equal([...live], ['1', '2'])
    const answers = [await handler(report('nonsense')), await handler(report(token)), await handler(report(token))]
    equal(
      answers.map(({ status }) => status),
      [400, 200, 200],
    )
    equal(answers[1]?.headers.get('cache-control'), 'no-store')
    equal([...live], ['2'])
    equal(await verdict(verifier, token), 'replayed')
  })

  test('logout tokens that are forged, foreign, of another type or late are refused', async () => {
    const [signer, stranger] = await Promise.all([createSigner(), createSigner()])
    await signer.publish()
    const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app' })
    const good = await signer.sign()
    const [header, payload, signature = ''] = good.split('.')
    const codes: string[] = []
    for (const token of [
      good,
      await stranger.sign(),
      `${header}.${payload}.${signature.split('').reverse().join('')}`,
      `${header}.${(await signer.sign({ sub: 'bob' })).split('.')[1]}.${signature}`,
      await signer.sign({ iss: 'https://id.example.com' }),
      await signer.sign({ aud: 'another' }),
      await signer.sign({ aud: ['app', 'another'] }),
      await signer.sign({ nonce: null }),
      await signer.sign({ events: undefined }),
      await signer.sign({ sub: undefined, sid: undefined }),
      await signer.sign({ iat: 1, exp: 2 }),
      await signer.sign({}, { typ: 'at+jwt' }),
      await signer.sign({}, { alg: 'none' }),
      await signer.sign({}, { alg: 'HS256' }),
      await signer.sign({}, { kid: '2' }),
    ]) {
      codes.push(await verdict(verifier, token))
    }
    equal(codes, [
      ...['accepted', 'wrong_signature', 'wrong_signature', 'wrong_signature', 'unknown_issuer', 'wrong_audience'],
      ...['wrong_audience', 'nonce_present', 'not_a_logout', 'subject_missing', 'expired', 'wrong_type'],
      ...['algorithm_not_allowed', 'algorithm_not_allowed', 'unknown_key'],
    ])
  })

  test('an encrypted logout token is decrypted, and a plain one is refused if encryption is required', async () => {
    const [signer, { privateKey, encrypt }] = await Promise.all([createSigner(), createEncryption()])
    await signer.publish()
    const options = { issuer: ISSUER, clientId: 'app', decryptionKeys: [privateKey as { kty: string }] }
    const verifier = createLogoutTokenVerifier(options)
    const token = await encrypt(await signer.sign())
    equal(await verdict(verifier, token), 'accepted')
    equal(await verdict(verifier, token.replace(/.{4}$/, 'AAAA')), 'undecryptable')
    equal(await verdict(verifier, await signer.sign()), 'not_encrypted')
  })

  test('forged logout tokens with unknown keys cost one fetch of keys', async () => {
    const signer = await createSigner()
    await signer.publish()
    const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app' })
    const before = await keyRequests()
    const forged = await Promise.all(Array.from({ length: 50 }, (_, kid) => signer.sign({}, { kid: `k${kid}` })))
    const codes = await Promise.all(forged.map((token) => verdict(verifier, token)))
    equal([...new Set(codes)], ['unknown_key'])
    equal((await keyRequests()) - before, 1)
    equal(await verdict(verifier, await signer.sign()), 'accepted')
  })

  test('keys are not fetched from the target of a redirect, and a logout that cannot be verified gets 503', async () => {
    const signer = await createSigner()
    await signer.publish()
    await setKeys('elsewhere')
    const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app' })
    const token = await signer.sign()
    equal(await verdict(verifier, token), 'keys_unavailable')
    const sessions = createMemorySessionIndex({ end: () => {} })
    const answer = await createBackChannelHandler({ verifier, sessions })(report(token))
    equal([answer.status, answer.headers.get('retry-after')], [503, '5'])
    await setKeys('up')
  })

  test('the error of a refused logout token shows no part of it', async () => {
    const signer = await createSigner()
    await signer.publish()
    const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app' })
    const canary = `canary-${crypto.randomUUID()}`
    const tokens = [signer.sign({ sub: canary, aud: canary }), signer.sign({ sub: canary }, { kid: canary })]
    for (const token of await Promise.all(tokens)) {
      const error = await rejection(verifier.verify(token))
      const shown = `${show(error)}${String(error)}${(error as Error).stack}${JSON.stringify(error)}`
      ok(!shown.includes(canary) && !shown.includes(token), 'it shows something of the token')
    }
  })
}
