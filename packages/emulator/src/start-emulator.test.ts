import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startEmulator } from './index.ts'
import { getUserinfo, rawPost } from './testing/wire.ts'

test('an emulator listens on a free port of 127.0.0.1', async () => {
  await using emulator = await startEmulator()
  expect(emulator.appHost).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(emulator.issuer).toBe(`${emulator.appHost}/oidc`)
  expect(emulator.app).toBe(emulator.apps.post)
})

test.each(['localhost', '::1'])('an emulator can listen on %s', async (host) => {
  await using emulator = await startEmulator({ host })
  const { accessToken } = await emulator.signIn()
  expect((await getUserinfo(emulator.appHost, accessToken)).status).toBe(200)
})

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.0.0.1.example.com', ''])(
  'an emulator refuses to listen on "%s"',
  async (host) => {
    await expect(startEmulator({ host })).rejects.toThrow(/loopback/)
  },
)

test.each([
  { accessTokenFormat: 'paseto' },
  { successBody: 'none' },
  { accessTokenTtl: 0 },
  { redirectUris: [] },
  { redirectUris: 'http://localhost:3000/callback' },
])('an emulator refuses the options %j', async (options) => {
  const error = await startEmulator(options as object).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain(Object.keys(options)[0])
})

test('an option that is undefined means its default', async () => {
  const options = { host: undefined, port: undefined, accessTokenFormat: undefined, tls: undefined }
  await using emulator = await startEmulator(options as object)
  expect((await emulator.signIn()).accessToken.split('.')).toHaveLength(3)
})

test('a port in use causes an error, and leaves nothing behind', async () => {
  await using emulator = await startEmulator()
  const port = Number(new URL(emulator.appHost).port)
  await expect(startEmulator({ port })).rejects.toThrow(/EADDRINUSE/)
  expect((await fetch(`${emulator.issuer}/.well-known/jwks.json`)).status).toBe(200)
})

test('emulators run side by side and share nothing', async () => {
  await using first = await startEmulator()
  await using second = await startEmulator()
  const [a, b] = await Promise.all([first.signIn('alice'), second.signIn('bob')])
  expect(await Promise.all([first.isActive(a.accessToken), second.isActive(b.accessToken)])).toEqual([true, true])
  expect(await Promise.all([first.isActive(b.accessToken), second.isActive(a.accessToken)])).toEqual([false, false])
  expect(await Promise.all([first.isActive(b.refreshToken), second.isActive(a.refreshToken)])).toEqual([false, false])
  expect(first.app.appId).not.toBe(second.app.appId)
  expect(first.app.appSecret).not.toBe(second.app.appSecret)
})

test('close() drops open connections and silent responses, and may be called twice', async () => {
  const emulator = await startEmulator()
  emulator.answerNext({ hang: true })
  emulator.answerNext({ delayMs: 2 ** 31 - 1 })
  const { hostname, port } = new URL(emulator.appHost)
  const sockets = await Promise.all(
    [
      rawPost(emulator.appHost, '/oidc/token/revocation', {}),
      rawPost(emulator.appHost, '/oidc/token/revocation', {}),
      '',
    ].map(async (request) => {
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      socket.on('error', () => {}).write(request)
      return socket
    }),
  )
  while (emulator.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  const ends = sockets.map((socket) => once(socket, 'close'))
  await Promise.all([emulator.close(), emulator.close()])
  await Promise.all(ends)
  await emulator.close()
  await expect(fetch(emulator.appHost)).rejects.toThrow()
})

test('a port is free again after close()', async () => {
  const emulator = await startEmulator()
  const port = Number(new URL(emulator.appHost).port)
  await emulator.close()
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  expect((server.address() as AddressInfo).port).toBe(port)
  server.close()
  await once(server, 'close')
})

test('a program ends on its own after close(), and neither the emulator nor its import prints anything', async () => {
  const module = fileURLToPath(new URL('./index.ts', import.meta.url))
  const program = `
    const { startEmulator } = await import(${JSON.stringify(module)})
    const emulator = await startEmulator()
    for (const app of Object.values(emulator.apps)) {
      const { accessToken, idToken } = await emulator.signIn('user', { app })
      const form = { token: accessToken, client_id: app.appId, ...(app.appSecret ? { client_secret: app.appSecret } : {}) }
      for (const accept of ['application/json', 'text/html']) {
        for (const path of ['introspection', 'revocation']) {
          await (await fetch(emulator.issuer + '/token/' + path, { method: 'POST', body: new URLSearchParams(form), headers: { accept, origin: 'http://localhost' } })).text()
        }
      }
      await (await fetch(emulator.issuer + '/me', { headers: { authorization: 'Bearer ' + accessToken } })).text()
      await (await fetch(emulator.issuer + '/session/end?id_token_hint=' + idToken)).text()
    }
    await emulator.issueTokens(3)
    await emulator.close()
  `
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
})
