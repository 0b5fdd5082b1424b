import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startEmulator } from '@backend-logout/emulator'
import { type ClientOptions, createLogoutClient, type DenoConnectionOptions, isLogoutError } from './mod.ts'
import { createCertificates } from './testing/certificates.ts'
import { runDeno } from './testing/run-deno.ts'

const app = { appId: 'app', appSecret: 'the secret of the app', appHost: 'https://id.example.com' } as const

Deno.test('revokeToken() revokes at the provider, also with verify', async () => {
  await using emulator = await startEmulator()
  const { accessToken, refreshToken = '' } = await emulator.signIn('alice')
  const { appId, appSecret } = emulator.app
  using client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost })
  equal(await client.revokeToken(accessToken, { verify: true }), true)
  equal(await client.revokeToken(refreshToken), true)
  deepEqual([await emulator.isActive(accessToken), await emulator.isActive(refreshToken)], [false, false])
})

Deno.test('tls.caCerts makes the client trust an authority that Deno does not know', async () => {
  const { ca, server } = await createCertificates()
  await using emulator = await startEmulator({ tls: { ...server, ca } })
  const { appId, appSecret } = emulator.app
  const options = { appId, appSecret, appHost: emulator.appHost, retries: 0 }
  const [token = ''] = await emulator.issueTokens(1)

  using stranger = createLogoutClient(options)
  await rejects(stranger.revokeToken(token), { code: 'network', message: /Nothing was sent/ })
  equal(await emulator.isActive(token), true)

  for (const caCerts of [ca, [ca]]) {
    using client = createLogoutClient({ ...options, tls: { caCerts } })
    equal(await client.revokeToken(token), true)
  }
  equal(await emulator.isActive(token), false)
})

Deno.test('tls.cert and tls.key authenticate the application by its certificate', async () => {
  const { ca, server, client: certificate } = await createCertificates()
  await using emulator = await startEmulator({ tls: { ...server, ca, client: certificate, requestCert: true } })
  const application = emulator.apps.tls
  ok(application)
  const [token = ''] = await emulator.issueTokens(1, { app: application })
  using client = createLogoutClient({
    appId: application.appId,
    issuer: emulator.issuer,
    clientAuth: 'tls_client_auth',
    tls: { caCerts: ca, ...certificate },
  })
  equal(await client.revokeToken(token), true)
  equal(await emulator.isActive(token), false)
  equal(emulator.requests.at(-1)?.clientAuth.join(), 'tls_client_auth')
})

Deno.test('proxy sends requests through a proxy, with its user and password', async () => {
  const seen: (string | undefined)[] = []
  const proxy = createServer((request, response) => {
    seen.push(request.url, request.headers['proxy-authorization'])
    response.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = proxy.address() as AddressInfo
    using client = createLogoutClient({
      appId: 'app',
      appHost: 'http://provider.test',
      allowInsecureHttp: true,
      proxy: new URL(`http://us%40er:pass%3Aword@127.0.0.1:${port}`),
    })
    equal(await client.revokeToken('the token'), true)
    deepEqual(seen, ['http://provider.test/oidc/token/revocation', `Basic ${btoa('us@er:pass:word')}`])
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
})

Deno.test('a proxy may require a password without a user', async () => {
  const seen: (string | undefined)[] = []
  const proxy = createServer((request, response) => {
    seen.push(request.headers['proxy-authorization'])
    response.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = proxy.address() as AddressInfo
    const appHost = 'http://provider.test'
    using client = createLogoutClient({
      appId: 'app',
      appHost,
      allowInsecureHttp: true,
      proxy: `http://:100%25@127.0.0.1:${port}`,
    })
    equal(await client.revokeToken('the token'), true)
    deepEqual(seen, [`Basic ${btoa(':100%')}`])
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
})

Deno.test('a proxy in the environment whose password cannot be decoded causes an error without that password', async () => {
  const { code, stdout, stderr } = await runDeno(
    `
    import { createLogoutClient } from './mod.ts'
    const client = createLogoutClient({ appId: 'app', appSecret: 'secret of the app', appHost: 'https://id.test', retries: 0 })
    const error = await client.revokeToken('the token').catch((thrown) => thrown)
    console.log(error.code, Deno.inspect(error, { depth: 20, showHidden: true }))
  `,
    ['--allow-all'],
    { HTTPS_PROXY: 'http://user:canary%@127.0.0.1:9' },
  )
  deepEqual([code, stderr, stdout.split(' ', 1)], [0, '', ['network']])
  ok(!/canary/.test(stdout), stdout)
})

Deno.test({
  name: 'a client that is refused leaves no connections behind',
  sanitizeResources: true,
  fn: () => {
    throws(() => createLogoutClient({ ...app, appId: 1 as never, pool: { maxIdle: 1 } }), { code: 'invalid_options' })
  },
})

Deno.test('close() and using close a client permanently, with any transport', async () => {
  await using emulator = await startEmulator()
  const { appId, appSecret } = emulator.app
  const options = { appId, appSecret, appHost: emulator.appHost }
  const variants: (DenoConnectionOptions & Pick<ClientOptions, 'fetch'>)[] = [
    {},
    { pool: { maxIdle: 4, idleTimeoutMs: 1000 } },
    { fetch: (input, init) => fetch(input, init) },
  ]
  for (const variant of variants) {
    const client = createLogoutClient({ ...options, ...variant })
    const [token = ''] = await emulator.issueTokens(1)
    equal(await client.revokeToken(token), true)
    client.close()
    client[Symbol.dispose]()
    await rejects(client.revokeToken(token), { code: 'aborted', message: 'This client is closed. Nothing was sent.' })
  }
})

Deno.test('wrong connection options are reported immediately, without their secrets', () => {
  const pem = (label: string): string => `-----BEGIN ${label}-----\nc2VjcmV0IHBhcnQ\n-----END ${label}-----\n`
  const wrong: [unknown, RegExp][] = [
    [{ tls: 'secret part' }, /^tls must be/],
    [{ tls: { caCerts: 'secret part' } }, /^tls\.caCerts must be/],
    [{ tls: { caCerts: [1] } }, /^tls\.caCerts must be/],
    [{ tls: { cert: pem('CERTIFICATE') } }, /^tls\.key must be/],
    [{ tls: { key: pem('EC PRIVATE KEY') } }, /^tls\.cert must be/],
    [{ tls: { cert: pem('CERTIFICATE'), key: 'secret part' } }, /^tls\.key must be/],
    [{ tls: { cert: pem('CERTIFICATE'), key: pem('PRIVATE KEY') } }, /^tls cannot be used by Deno: \w+\.$/],
    [{ proxy: 'secret part' }, /^proxy must be/],
    [{ proxy: 'ftp://user:secret@part.test' }, /^proxy must be/],
    [{ proxy: false }, /^proxy must be/],
    ...['user:secret%', 'secret%:part', 'user:%zz secret part', '%FF:secret part'].flatMap((credentials) => {
      const proxy = `http://${credentials}@127.0.0.1:3128`
      const message = /^proxy must have its user and password percent-encoded; write '%' as %25\.$/
      return [proxy, new URL(proxy)].map((given): [unknown, RegExp] => [{ proxy: given }, message])
    }),
    [{ pool: 8 }, /^pool must be/],
    [{ pool: { maxIdle: -1 } }, /^pool\.maxIdle must be/],
    [{ pool: { idleTimeoutMs: Number.NaN } }, /^pool\.idleTimeoutMs must be/],
    [{ pool: {}, fetch }, /^pool has no effect on your own fetch/],
    [{ appId: 1 }, /^appId must be/],
    [{ transport: {} }, /^transport\.send must be/],
  ]
  for (const [options, expected] of wrong) {
    throws(
      () => createLogoutClient({ ...app, ...(options as object) }),
      (error) => {
        ok(isLogoutError(error) && error.code === 'invalid_options')
        ok(expected.test(error.message), error.message)
        ok(!/secret part|secret%|%zz|c2VjcmV0/.test(Deno.inspect(error, { depth: 9, showHidden: true })))
        return true
      },
    )
  }
  throws(() => createLogoutClient(undefined as never), { code: 'invalid_options' })
})

Deno.test('neither the client nor its errors reveal a secret to Deno.inspect', async () => {
  using client = createLogoutClient({ ...app, appHost: 'http://127.0.0.1:1', retries: 0 })
  const error = await client.revokeToken('the token of a user').catch((thrown) => thrown)
  equal(error.code, 'network')
  const shown = Deno.inspect([client, error, error.cause], { depth: 20, showHidden: true, getters: true })
  ok(!/the secret of the app|the token of a user/.test(shown), shown)
})

Deno.test('options may be those of a class with accessors', async () => {
  const requests: string[] = []
  class Settings {
    readonly appId = 'app'
    readonly appHost = 'https://id.example.com'
    get appSecret() {
      return 'secret'
    }
    get fetch() {
      return async (_url: unknown, init?: RequestInit) => {
        requests.push(String(init?.body))
        return new Response()
      }
    }
  }
  using client = createLogoutClient(new Settings())
  equal(await client.revokeToken('a-token'), true)
  deepEqual(requests, ['token=a-token&client_id=app&client_secret=secret'])
})
