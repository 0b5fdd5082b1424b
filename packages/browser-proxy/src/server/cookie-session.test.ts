import { isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { type CookieSessionOptions, cookieSession } from './cookie-session.ts'

const tokens = { accessToken: 'access', refreshToken: 'refresh' }
const request = (cookie?: string): Request =>
  new Request('https://app.example.com/logout', { method: 'POST', headers: cookie ? { cookie } : {} })
const cleared = async (options: Omit<CookieSessionOptions, 'read'>): Promise<string[]> =>
  new Headers((await cookieSession({ read: () => tokens, ...options }).clear(request())) ?? {}).getSetCookie()

test('the session is read by the value of its cookie', async () => {
  const session = cookieSession({ name: '__Host-session', read: (value) => ({ accessToken: value }) })
  expect(await session.read(request('a=1; __Host-session=s%3A42; b=2'))).toEqual({ accessToken: 's:42' })
  expect(await session.read(request('__Host-session="quoted"'))).toEqual({ accessToken: 'quoted' })
  expect(await session.read(request('__Host-session=100%'))).toEqual({ accessToken: '100%' })
  expect(await session.read(request('__Host-session=a=b=='))).toEqual({ accessToken: 'a=b==' })
})

test.each([undefined, 'other=1', 'x__Host-session=1', '__Host-session=', '__Host-session', '__host-session=1'])(
  'without the cookie there is no session: %s',
  async (cookie) => {
    const asked: string[] = []
    const session = cookieSession({ name: '__Host-session', read: (value) => void asked.push(value) as undefined })
    expect(await session.read(request(cookie))).toBeUndefined()
    expect(await session.id?.(request(cookie))).toBeUndefined()
    expect(asked).toEqual([])
  },
)

test('the session is forgotten in the store and in the browser', async () => {
  const store = new Map([['42', tokens]])
  const session = cookieSession({ name: 'sid', read: (id) => store.get(id), clear: (id) => store.delete(id) })
  const headers = new Headers((await session.clear(request('sid=42'))) ?? {})
  expect(store.size).toBe(0)
  expect(headers.getSetCookie()).toEqual([
    'sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure; HttpOnly; SameSite=Lax',
  ])
})

test('the cookie is cleared with the attributes it was set with', async () => {
  const attributes = {
    path: '/app',
    domain: 'example.com',
    httpOnly: false,
    sameSite: 'None',
    partitioned: true,
  } as const
  expect(await cleared({ name: 'sid', ...attributes })).toEqual([
    'sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/app; Domain=example.com; Secure; SameSite=None; Partitioned',
  ])
})

test('further cookies end along with it, each in its own header', async () => {
  const cookies = await cleared({ name: '__Host-session', alsoClear: ['__Host-csrf', 'theme'] })
  expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual(['__Host-session', '__Host-csrf', 'theme'])
})

test('the lock is taken by the value of the cookie, and not without one', async () => {
  const locked: string[] = []
  const lock = <T>(value: string, run: () => Promise<T>): Promise<T> => {
    locked.push(value)
    return run()
  }
  const session = cookieSession({ name: 'sid', read: () => tokens, lock })
  expect(await session.lock?.(request('sid=42'), async () => 'done')).toBe('done')
  expect(await session.lock?.(request(), async () => 'done')).toBe('done')
  expect(locked).toEqual(['42'])
})

test.each([
  ['__Host- with a domain', { name: '__Host-session', domain: 'example.com' }],
  ['__Host- with a path', { name: '__Host-session', path: '/app' }],
  ['__Host- not secure', { name: '__Host-session', secure: false }],
  ['__host- in small letters, as browsers compare it', { name: '__host-session', secure: false }],
  ['__Secure- not secure', { name: '__Secure-session', secure: false }],
  ['a further cookie that breaks the rules', { name: 'sid', path: '/app', alsoClear: ['__Host-csrf'] }],
  ['SameSite=None not secure', { name: 'sid', sameSite: 'None', secure: false }],
  ['partitioned not secure', { name: 'sid', partitioned: true, secure: false }],
  ['a name that ends the cookie', { name: 'sid; Secure' }],
  ['no name', { name: '' }],
  ['a path that adds attributes', { name: 'sid', path: '/; Domain=example.com' }],
  ['a domain with a line break', { name: 'sid', domain: 'a\r\nSet-Cookie: x' }],
  ['a SameSite that does not exist', { name: 'sid', sameSite: 'lax' }],
] as [string, CookieSessionOptions][])('options are refused: %s', (_case, options) => {
  expect(() => cookieSession({ ...options, read: () => tokens })).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options'),
  )
})
