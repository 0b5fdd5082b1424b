import { isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { type CookieSessionOptions, cookieSession } from './cookie-session.ts'

const tokens = { accessToken: 'access', refreshToken: 'refresh' }
const request = (cookie?: string): Request =>
  new Request('https://app.example.com/logout', { method: 'POST', headers: cookie ? { cookie } : {} })
const cleared = async (options: Omit<CookieSessionOptions, 'read'>): Promise<string[]> =>
  new Headers((await cookieSession({ read: () => tokens, ...options }).clear(request())) ?? {}).getSetCookie()

test('reads the session by the value of its cookie', async () => {
  const session = cookieSession({ name: '__Host-session', read: (value) => ({ accessToken: value }) })
  expect(await session.read(request('a=1; __Host-session=s%3A42; b=2'))).toEqual({ accessToken: 's:42' })
  expect(await session.read(request('__Host-session="quoted"'))).toEqual({ accessToken: 'quoted' })
  expect(await session.read(request('__Host-session=100%'))).toEqual({ accessToken: '100%' })
  expect(await session.read(request('__Host-session=a=b=='))).toEqual({ accessToken: 'a=b==' })
})

test.each([undefined, 'other=1', 'x__Host-session=1', '__Host-session=', '__Host-session', '__host-session=1'])(
  'finds no session without the cookie: %s',
  async (cookie) => {
    const asked: string[] = []
    const session = cookieSession({ name: '__Host-session', read: (value) => void asked.push(value) as undefined })
    expect(await session.read(request(cookie))).toBeUndefined()
    expect(await session.id?.(request(cookie))).toBeUndefined()
    expect(asked).toEqual([])
  },
)

test('deletes the session from the store and its cookie from the browser', async () => {
  const store = new Map([['42', tokens]])
  const session = cookieSession({ name: 'sid', read: (id) => store.get(id), clear: (id) => store.delete(id) })
  const headers = new Headers((await session.clear(request('sid=42'))) ?? {})
  expect(store.size).toBe(0)
  expect(headers.getSetCookie()).toEqual([
    'sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure; HttpOnly; SameSite=Lax',
  ])
})

test('clears the cookie with the attributes that it was set with', async () => {
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

test('clears further cookies along with it, each in its own header', async () => {
  const cookies = await cleared({ name: '__Host-session', alsoClear: ['__Host-csrf', 'theme'] })
  expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual(['__Host-session', '__Host-csrf', 'theme'])
})

test('takes the lock by the value of the cookie, and only if there is one', async () => {
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

test('reads, locks and deletes a session in chunks by all of them, and clears every chunk', async () => {
  const seen: string[] = []
  const session = cookieSession({
    name: '__Host-session',
    alsoClear: ['__Host-profile'],
    read: (value) => ({ accessToken: value }),
    clear: (value) => seen.push(`clear ${value}`),
    lock: (value, run) => {
      seen.push(`lock ${value}`)
      return run()
    },
  })
  const chunked = request('__Host-session.1=two; __Host-profile__0=x; __Host-session.0=one; other.0=y')
  expect(await session.id?.(chunked)).toBe('onetwo')
  expect(await session.read(chunked)).toEqual({ accessToken: 'onetwo' })
  await session.lock?.(chunked, async () => {})
  const headers = new Headers((await session.clear(chunked)) ?? {})
  expect(seen).toEqual(['lock onetwo', 'clear onetwo'])
  expect(headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0])).toEqual([
    '__Host-session',
    '__Host-session.1',
    '__Host-session.0',
    '__Host-profile',
    '__Host-profile__0',
  ])
  for (const cookie of headers.getSetCookie()) expect(cookie).toContain('; Max-Age=0; ')
})

test('cannot read a session that lacks a chunk, and still clears it', async () => {
  const session = cookieSession({ name: 'sid', read: () => tokens })
  const broken = request('sid.1=two')
  expect(session.id?.(broken)).toBeUndefined()
  await expect(session.read(broken)).rejects.toThrow('came in chunks')
  expect(new Headers((await session.clear(broken)) ?? {}).getSetCookie()).toHaveLength(2)
})

test('ignores chunks if the option says so', async () => {
  const session = cookieSession({ name: 'sid', chunks: false, read: () => tokens })
  expect(await session.read(request('sid_0=1; sid_1=2'))).toBeUndefined()
  expect(new Headers((await session.clear(request('sid_0=1'))) ?? {}).getSetCookie()).toHaveLength(1)
})

test.each([
  ['__Host- with a domain', { name: '__Host-session', domain: 'example.com' }],
  ['__Host- with a path', { name: '__Host-session', path: '/app' }],
  ['__Host- not secure', { name: '__Host-session', secure: false }],
  ['__host- in small letters, as browsers compare it', { name: '__host-session', secure: false }],
  ['__Secure- not secure', { name: '__Secure-session', secure: false }],
  ['a further cookie outside a list', { name: 'sid', alsoClear: 'theme' as never }],
  ['a further cookie that breaks the rules', { name: 'sid', path: '/app', alsoClear: ['__Host-csrf'] }],
  ['SameSite=None not secure', { name: 'sid', sameSite: 'None', secure: false }],
  ['partitioned not secure', { name: 'sid', partitioned: true, secure: false }],
  ['a name that ends the cookie', { name: 'sid; Secure' }],
  ['no name', { name: '' }],
  ['a path that adds attributes', { name: 'sid', path: '/; Domain=example.com' }],
  ['a domain with a line break', { name: 'sid', domain: 'a\r\nSet-Cookie: x' }],
  ['a SameSite that does not exist', { name: 'sid', sameSite: 'lax' }],
  ['chunks that are neither on nor off', { name: 'sid', chunks: 'yes' }],
  ['attributes that are neither on nor off', { name: 'sid', secure: null }],
  ['a path that is no text', { name: 'sid', path: 7 }],
  ['a path that becomes a text', { name: 'sid', path: ['/'] }],
  ['no path', { name: 'sid', path: null }],
  ['a domain that is no text', { name: 'sid', domain: 7 }],
  ['a domain that becomes a text', { name: 'sid', domain: ['example.com'] }],
] as [string, CookieSessionOptions][])('refuses options: %s', (_case, options) => {
  expect(() => cookieSession({ ...options, read: () => tokens })).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options'),
  )
})

test.each([undefined, null, 7, 'sid'])('refuses options that are no object: %s', (options) => {
  expect(() => cookieSession(options as never)).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options' && error.option === 'options'),
  )
})
