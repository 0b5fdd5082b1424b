import { describe, expect, test } from 'vitest'
import { setPageScene } from './browser/page-scene.ts'

const scene = await setPageScene()
const { signedIn } = scene

describe('failures between page and backend', () => {
  const PROBLEM = { 'content-type': 'application/problem+json' }
  const html = (status: number): Response =>
    new Response('<!doctype html>', { status, headers: { 'content-type': 'text/html' } })

  test.each([
    [
      'a refusal',
      () => Response.json({ code: 'cross_site' }, { status: 403, headers: PROBLEM }),
      { code: 'refused', status: 403, problem: 'cross_site' },
    ],
    [
      'a rate limit',
      () => Response.json({ code: 'too_many_requests' }, { status: 429, headers: { ...PROBLEM, 'retry-after': '7' } }),
      { code: 'refused', status: 429, problem: 'too_many_requests', retryAfterMs: 7_000 },
    ],
    ['a login page instead of an answer', () => html(200), { code: 'unexpected_response', status: 200 }],
    ['a missing endpoint', () => html(404), { code: 'unexpected_response', status: 404 }],
    ['an answer of another service', () => Response.json({ ok: true }), { code: 'unexpected_response', status: 200 }],
    ['an unknown status', () => Response.json({ status: 'done' }), { code: 'unexpected_response', status: 200 }],
    [
      'an answer that breaks off',
      () => new Response('{"status":', { headers: { 'content-type': 'application/json' } }),
      { code: 'unexpected_response', status: 200 },
    ],
    ['an empty answer', () => new Response(null, { status: 204 }), { code: 'unexpected_response', status: 204 }],
    [
      'a refusal of something else, whose words get into no message',
      () => Response.json({ code: '\u001b[2J<b>no</b>' }, { status: 403 }),
      { code: 'unexpected_response', status: 403 },
    ],
    [
      'a code that is not a string',
      () => Response.json({ code: {} }, { status: 403 }),
      { code: 'unexpected_response', status: 403 },
    ],
    ['null', () => Response.json(null), { code: 'unexpected_response', status: 200 }],
    [
      'a redirect to another site',
      () => new Response(null, { status: 307, headers: { location: 'http://127.0.0.1:9/' } }),
      { code: 'network' },
    ],
  ] as const)('%s is a typed error', async (_case, answer, error) => {
    scene.application.answer = async () => answer()
    const page = await signedIn()
    const caught = await page.evaluate(() =>
      proxy.logout().catch((error) => ({
        ...error,
        code: error.code,
        name: error.name,
        known: client.isLogoutProxyError(error),
        proper: error instanceof client.LogoutProxyError && error instanceof Error,
        cause: undefined,
      })),
    )
    expect(caught).toEqual({ ...error, name: 'LogoutProxyError', known: true, proper: true })
  })

  test('a missing response, the page’s own signal, and a missing connection are distinguished', async () => {
    scene.application.answer = () => new Promise(() => {})
    const page = await signedIn()
    const codes = await page.evaluate(async () => {
      const code = (error: { code: string }): string => error.code
      const { logout } = client.createLogout({ endpoint: '/logout', timeoutMs: 100 })
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 20)
      return [await logout().catch(code), await logout({ signal: stop.signal }).catch(code)]
    })
    expect(codes).toEqual(['timeout', 'aborted'])
    await scene.context.setOffline(true)
    expect(await page.evaluate(() => proxy.logout().catch((error) => error.code))).toBe('network')
  })

  test('an endpoint on another origin is refused immediately', async () => {
    const page = await signedIn()
    const codes = await page.evaluate(() =>
      Promise.all(
        ['https://evil.test/logout', '//evil.test', `http://127.0.0.1:${location.port}/logout`, 'data:,x'].map(
          async (endpoint) => {
            try {
              return (await client.createLogout({ endpoint }).logout()).status
            } catch (error) {
              return client.isLogoutProxyError(error) && error.code
            }
          },
        ),
      ),
    )
    expect(new Set(codes)).toEqual(new Set(['invalid_options']))
  })

  test.each([undefined, null, 1, 'x', {}, new Error('x')])('isLogoutProxyError() rejects %s', async (value) => {
    const { isLogoutProxyError } = await import('@backend-logout/browser-proxy/client')
    expect(isLogoutProxyError(value)).toBe(false)
  })
})
