import { isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { createLogout } from './client/index.ts'
import { nodeSession } from './node.ts'
import { cookieSession, createLogoutHandler, refreshSession } from './server/index.ts'

const nothing = async (): Promise<undefined> => undefined
const client = { logout: async () => Promise.reject(new Error('not reached')) }
const session = { read: nothing, clear: nothing }
const form = { csrfToken: nothing, landing: '/goodbye' }
const refresh = { id: 'a session', read: nothing, refresh: nothing, replace: () => true, outbox: { add: nothing } }

test.each<[name: string, call: (options: object) => unknown, option: string, near: string]>([
  ['createLogoutHandler', (o) => createLogoutHandler({ client, ...o }), 'alowedOrigins', 'use allowedOrigins'],
  ['createLogoutHandler', (o) => createLogoutHandler({ client, ...o }), 'tiemout', 'revokeTimeoutMs'],
  ['form', (o) => createLogoutHandler({ client, session, form: { ...form, ...o } }), 'form.csrftoken', 'use csrfToken'],
  ['cookieSession', (o) => cookieSession({ name: 'session', read: nothing, ...o }), 'sameSites', 'use sameSite'],
  ['nodeSession', (o) => nodeSession({ ...session, ...o }), 'destroy', 'use clear'],
  ['nodeSession', (o) => nodeSession({ ...session, ...o }), 'tiemout', 'the options are read, clear, id, lock'],
  ['refreshSession', (o) => refreshSession({ ...refresh, ...o } as never), 'replaces', 'use replace'],
  ['refreshSession', (o) => refreshSession({ ...refresh, ...o } as never), 'tiemout', 'the options are id, read'],
])('%s() refuses an option that does not exist', async (_name, call, option, near) => {
  const thrown = await (async () => call({ [option.replace('form.', '')]: 1 }))().catch((error: unknown) => error)
  expect(thrown).toSatisfy(isLogoutError)
  expect(thrown).toMatchObject({ code: 'invalid_options', option, message: expect.stringContaining(near) })
})

test('createLogout() also refuses an unknown option', () => {
  const options = { endpoint: '/logout', tiemout: 1 }
  expect(() => createLogout(options)).toThrow(/^tiemout is no option/)
})
