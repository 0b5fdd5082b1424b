import { inspect } from 'node:util'
import { EnvHttpProxyAgent } from 'undici'
import { expect, test } from 'vitest'
import { checkProxy, proxyFor } from './proxy.ts'
import { startProxy } from './testing/connect-proxy.ts'

const PROXY = 'http://proxy.example:3128'

function chosen(target: string, env: Record<string, string>, proxy?: string | URL | false, allowInsecureHttp = false) {
  return proxyFor(new URL(target), { proxy, env, allowInsecureHttp })?.url.href
}

test.each<[string, string, Record<string, string>, string | undefined]>([
  ['uses HTTPS_PROXY for https', 'https://id.example', { HTTPS_PROXY: PROXY }, `${PROXY}/`],
  ['prefers the lower-case name', 'https://id.example', { HTTPS_PROXY: 'http://a:1', https_proxy: PROXY }, `${PROXY}/`],
  ['uses HTTP_PROXY for https if there is no other', 'https://id.example', { HTTP_PROXY: PROXY }, `${PROXY}/`],
  ['does not use HTTPS_PROXY for http', 'http://127.0.0.1', { HTTPS_PROXY: 'http://127.0.0.1:1' }, undefined],
  ['uses HTTP_PROXY for http', 'http://127.0.0.1', { HTTP_PROXY: 'http://127.0.0.1:3128' }, 'http://127.0.0.1:3128/'],
  ['does not send plain http through remote proxies', 'http://127.0.0.1', { HTTP_PROXY: PROXY }, undefined],
  ['accepts an address without a scheme', 'https://id.example', { HTTPS_PROXY: 'proxy.example:3128' }, `${PROXY}/`],
  ['counts an empty variable as not set', 'https://id.example', { HTTPS_PROXY: ' ' }, undefined],
  [
    'prefers the lower-case name even if it is empty',
    'https://id.example',
    { https_proxy: '', HTTPS_PROXY: PROXY },
    undefined,
  ],
  ['requires no variable', 'https://id.example', {}, undefined],
])('proxyFor() %s', (_what, target, env, expected) => {
  expect(chosen(target, env)).toBe(expected)
})

const ENTRIES = [
  '*',
  'id.example',
  'ID.Example.',
  'example',
  '.example',
  '*.example',
  '*.id.example',
  '*id.example',
  'd.example',
  'other, id.example',
  'other\tid.example',
  'other,*',
  '*:8443',
  'id.example:443',
  'id.example:8443',
  'id.example:0443',
  'id.example:0',
  'id.example:',
  '*.example:8443',
  '[::1]',
  '::1',
  '[::1]:8443',
  '[::1]:1',
  '127.0.0.1',
  '127.0.0.0/8',
  '.',
  '..',
  '',
  ' , ',
]
const TARGETS = [
  'https://id.example',
  'https://id.example.',
  'https://ID.EXAMPLE:8443',
  'https://a.id.example',
  'https://id.example.org',
  'https://example',
  'https://[::1]',
  'https://[::1]:8443',
  'https://127.0.0.1:9',
]

test('NO_PROXY has the same meaning as for the EnvHttpProxyAgent of undici', { timeout: 30_000 }, async () => {
  await using proxy = await startProxy({ status: 403 })
  const differences: string[] = []
  for (const noProxy of ENTRIES) {
    const connect = (_options: unknown, callback: (error: Error, socket: null) => void) =>
      callback(new Error('direct'), null)
    const agent = new EnvHttpProxyAgent({ httpsProxy: proxy.origin, noProxy, connect })
    for (const origin of TARGETS) {
      const error: unknown = await agent.request({ origin, path: '/', method: 'GET' }).catch((thrown) => thrown)
      const expected = String((error as Error).message) === 'direct' ? undefined : `${PROXY}/`
      const actual = chosen(origin, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })
      if (actual !== expected) differences.push(`NO_PROXY='${noProxy}' for ${origin}: ${actual}`)
    }
    await agent.destroy()
  }
  expect(differences).toEqual([])
  expect(proxy.tunnels.length).toBeGreaterThan(TARGETS.length)
})

test('the proxy option takes precedence over the environment, including NO_PROXY', () => {
  const env = { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' }
  expect(chosen('https://id.example', env, PROXY)).toBe(`${PROXY}/`)
  expect(chosen('https://id.example', env, new URL(PROXY))).toBe(`${PROXY}/`)
  expect(chosen('https://id.example', { HTTPS_PROXY: PROXY }, false)).toBeUndefined()
})

test('allowInsecureHttp allows plain http to a remote proxy', () => {
  expect(chosen('http://id.example', { HTTP_PROXY: PROXY }, undefined, true)).toBe(`${PROXY}/`)
})

test.each(['socks5://proxy.example', 'http://', 'http://proxy.example/path', 'http://user:canary@/'])(
  'refuses %s as a proxy, naming the variable and not its value',
  (value) => {
    expect(() => chosen('https://id.example', { HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        message: 'HTTPS_PROXY must be the http or https address of a proxy.',
      }),
    )
  },
)

test.each([
  ['user', 'Basic dXNlcjo='],
  ['us%40er:pass%3Aword', `Basic ${btoa('us@er:pass:word')}`],
  [':password', `Basic ${btoa(':password')}`],
  ['user:100%25', `Basic ${btoa('user:100%')}`],
  ['%C3%BC:%E2%82%AC', `Basic ${Buffer.from('ü:€').toString('base64')}`],
])('the credentials %s are decoded', (credentials, authorization) => {
  expect(checkProxy(`http://${credentials}@proxy.example`, 'proxy').authorization).toBe(authorization)
})

test.each(['canary:100%', 'ca%nary:password', 'canary:%zz', 'canary:%', '%E2%82:canary', 'canary:%FF'])(
  'the credentials %s, which cannot be decoded, are refused where they are, and not repeated',
  (credentials) => {
    const address = `http://${credentials}@proxy.example:3128`
    const settings = [
      [{ HTTPS_PROXY: address }, undefined, 'HTTPS_PROXY'],
      [{ https_proxy: address }, undefined, 'HTTPS_PROXY'],
      [{ HTTP_PROXY: address }, undefined, 'HTTP_PROXY'],
      [{}, address, 'proxy'],
      [{}, new URL(address), 'proxy'],
    ] as const
    for (const [env, proxy, name] of settings) {
      let thrown: unknown
      try {
        chosen('https://id.example', env as Record<string, string>, proxy)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toMatchObject({
        code: 'invalid_options',
        option: name,
        message: `${name} must have its user and password percent-encoded; write '%' as %25.`,
      })
      expect(inspect(thrown, { depth: null, showHidden: true })).not.toMatch(/canary|%zz|%FF/)
    }
  },
)
