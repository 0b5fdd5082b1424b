import { expect, test } from 'vitest'
import { proxyFor } from './proxy.ts'

const PROXY = 'http://proxy.example:3128'

function chosen(target: string, env: Record<string, string>, proxy?: string | URL | false, allowInsecureHttp = false) {
  return proxyFor(new URL(target), { proxy, env, allowInsecureHttp })?.href
}

test.each<[string, string, Record<string, string>, string | undefined]>([
  ['uses HTTPS_PROXY for https', 'https://id.example', { HTTPS_PROXY: PROXY }, `${PROXY}/`],
  ['prefers the lower-case name', 'https://id.example', { HTTPS_PROXY: 'http://a:1', https_proxy: PROXY }, `${PROXY}/`],
  ['does not use HTTP_PROXY for https', 'https://id.example', { HTTP_PROXY: PROXY }, undefined],
  ['uses HTTP_PROXY for http', 'http://127.0.0.1', { HTTP_PROXY: 'http://127.0.0.1:3128' }, 'http://127.0.0.1:3128/'],
  ['keeps plain http from proxies elsewhere', 'http://127.0.0.1', { HTTP_PROXY: PROXY }, undefined],
  ['takes an address without a scheme', 'https://id.example', { HTTPS_PROXY: 'proxy.example:3128' }, `${PROXY}/`],
  ['counts an empty variable as not set', 'https://id.example', { HTTPS_PROXY: ' ' }, undefined],
  ['is content without any variable', 'https://id.example', {}, undefined],
])('proxyFor() %s', (_what, target, env, expected) => {
  expect(chosen(target, env)).toBe(expected)
})

test.each([
  ['*', 'https://id.example', true],
  ['id.example', 'https://id.example', true],
  ['ID.Example.', 'https://id.example', true],
  ['example', 'https://id.example', true],
  ['.example', 'https://id.example', true],
  ['*.example', 'https://id.example', true],
  ['other, id.example', 'https://id.example', true],
  ['other id.example', 'https://id.example', true],
  ['id.example:443', 'https://id.example', true],
  ['id.example:8443', 'https://id.example:8443', true],
  ['[::1]', 'https://[::1]', true],
  ['::1', 'https://[::1]', true],
  ['[::1]:8443', 'https://[::1]:8443', true],
  ['127.0.0.1', 'https://127.0.0.1:9', true],
  ['', 'https://id.example', false],
  [' , ', 'https://id.example', false],
  ['d.example', 'https://id.example', false],
  ['id.example:8443', 'https://id.example', false],
  ['[::1]:1', 'https://[::1]', false],
  ['id.example.org', 'https://id.example', false],
])("NO_PROXY='%s' for %s: %s", (noProxy, target, exempt) => {
  expect(chosen(target, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).toBe(exempt ? undefined : `${PROXY}/`)
})

test('the proxy option takes precedence over the environment, NO_PROXY included', () => {
  const env = { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' }
  expect(chosen('https://id.example', env, PROXY)).toBe(`${PROXY}/`)
  expect(chosen('https://id.example', env, new URL(PROXY))).toBe(`${PROXY}/`)
  expect(chosen('https://id.example', { HTTPS_PROXY: PROXY }, false)).toBeUndefined()
})

test('allowInsecureHttp lets plain http go to a proxy elsewhere', () => {
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
