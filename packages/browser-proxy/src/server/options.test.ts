import { createLogoutClient, isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { createLogoutHandler, type LogoutHandlerOptions } from './index.ts'

const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
const session = { read: () => undefined, clear: () => undefined }

test.each([
  ['no options', undefined, 'options'],
  ['no client', {}, 'client'],
  ['a client that cannot log out', { client: {} }, 'client'],
  ['a session without read', { client, session: { clear: session.clear } }, 'session.read'],
  ['a session without clear', { client, session: { read: session.read } }, 'session.clear'],
  ['a lock that is not a function', { client, session: { ...session, lock: true } }, 'session.lock'],
  ['an outbox without add', { client, session, outbox: {} }, 'outbox.add'],
  ['an origin with a path', { client, allowedOrigins: ['https://app.example.com/x'] }, 'allowedOrigins'],
  ['an origin with a wildcard', { client, allowedOrigins: ['*'] }, 'allowedOrigins'],
  ['an opaque origin', { client, allowedOrigins: ['null'] }, 'allowedOrigins'],
  ['an origin that is a single string', { client, allowedOrigins: 'https://app.example.com' }, 'allowedOrigins'],
  ['no origin at all', { client, allowedOrigins: [] }, 'allowedOrigins'],
  ['a return address that is not a URL', { client, returnTo: ['example.com'] }, 'returnTo'],
  ['return addresses that are a single string', { client, returnTo: '/goodbye' }, 'returnTo'],
  ['an unknown proxy header', { client, trustedProxyHeader: true }, 'trustedProxyHeader'],
  ['the header Forwarded', { client, trustedProxyHeader: 'forwarded' }, 'trustedProxyHeader'],
  ['unknown site data', { client, clearSiteData: ['everything'] }, 'clearSiteData'],
  ['site data that is not a list', { client, clearSiteData: true }, 'clearSiteData'],
  ['no time', { client, revokeTimeoutMs: 0 }, 'revokeTimeoutMs'],
  ['endless time', { client, storeTimeoutMs: Number.POSITIVE_INFINITY }, 'storeTimeoutMs'],
  ['a time that is not a number', { client, revokeTimeoutMs: '5s' }, 'revokeTimeoutMs'],
  ['a watcher that is not a function', { client, onEvent: {} }, 'onEvent'],
] as [string, LogoutHandlerOptions, string][])('createLogoutHandler() refuses %s', (_case, options, name) => {
  const create = (): unknown => createLogoutHandler(options)

  expect(create).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options' && error.option === name),
  )
})

test('createLogoutHandler() copies the caller’s options, so later changes have no effect', async () => {
  const allowedOrigins = ['https://app.example.com']
  const handler = createLogoutHandler({ client, session, allowedOrigins })
  allowedOrigins.push('https://evil.test')
  const headers = { origin: 'https://evil.test', 'x-logout-request': '1' }
  const answer = await handler(new Request('https://app.example.com/logout', { method: 'POST', headers }))
  expect(answer.status).toBe(403)
})
