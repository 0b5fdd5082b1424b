import { isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { checkSessionStatus, kickUser } from './genauth/index.ts'
import {
  createBackChannelHandler,
  createGlobalRevocationHandler,
  createLogoutTokenVerifier,
  createMemorySessionIndex,
  createPostgresSessionIndex,
  logoutEverywhere,
} from './index.ts'

const issuer = { issuer: 'https://id.example.com', clientId: 'app' }
const verifier = createLogoutTokenVerifier(issuer)
const end = (): void => {}
const sessions = createMemorySessionIndex({ end })
const endpoint = 'https://app.example.com/global-token-revocation'
const pool = { query: async () => ({ rows: [] }) }
const who = { iss: issuer.issuer, sub: 'alice' }
const management = { host: 'http://127.0.0.1:1', accessKeyId: 'pool', accessKeySecret: 'secret', retries: 0 }
const kicked = { userId: 'alice', appIds: ['app'] }

test.each<[name: string, call: (options: object) => unknown, option: string, near: string]>([
  ['createLogoutTokenVerifier', (o) => createLogoutTokenVerifier({ ...issuer, ...o }), 'tiemout', 'use timeoutMs'],
  ['createLogoutTokenVerifier', (o) => createLogoutTokenVerifier({ ...issuer, ...o }), 'audience', 'use clientId'],
  [
    'createLogoutTokenVerifier',
    (o) => createLogoutTokenVerifier({ issuers: [issuer], ...o }),
    'clientId',
    'the options are issuers',
  ],
  [
    'issuers',
    (o) => createLogoutTokenVerifier({ issuers: [{ ...issuer, ...o }] }),
    'issuers.algorithm',
    'use algorithms',
  ],
  [
    'createBackChannelHandler',
    (o) => createBackChannelHandler({ verifier, sessions, ...o }),
    'storeTimeout',
    'use storeTimeoutMs',
  ],
  [
    'createBackChannelHandler',
    (o) => createBackChannelHandler({ verifier, sessions, ...o }),
    'list',
    'use revocations',
  ],
  [
    'createGlobalRevocationHandler',
    (o) => createGlobalRevocationHandler({ ...issuer, endpoint, sessions, ...o }),
    'subjectOfMail',
    'use subjectOfEmail',
  ],
  // This request asks for everything to end, so that there is nothing to keep.
  [
    'createGlobalRevocationHandler',
    (o) => createGlobalRevocationHandler({ ...issuer, endpoint, sessions, ...o }),
    'keepOfflineAccess',
    'the options are',
  ],
  ['createMemorySessionIndex', (o) => createMemorySessionIndex({ end, ...o }), 'token', 'use tokens'],
  ['createPostgresSessionIndex', (o) => createPostgresSessionIndex({ end, pool, ...o }), 'schemas', 'use schema'],
  ['logoutEverywhere', (o) => logoutEverywhere(who, { sessions, ...o }), 'keepOffline', 'use keepOfflineAccess'],
  ['kickUser', (o) => kickUser(kicked, { ...management, ...o }), 'tiemoutMs', 'use timeoutMs'],
  ['kickUser', (o) => kickUser(kicked, { ...management, ...o }), 'secret', 'use accessKeySecret'],
  [
    'checkSessionStatus',
    (o) => checkSessionStatus({ userId: 'alice', appId: 'app' }, { ...management, ...o }),
    'appHost',
    'use host',
  ],
])('%s() refuses an option that does not exist', async (_name, call, option, near) => {
  const thrown = await (async () => call({ [option.replace('issuers.', '')]: 1 }))().catch((error: unknown) => error)
  expect(thrown).toSatisfy(isLogoutError)
  expect(thrown).toMatchObject({ code: 'invalid_options', option, message: expect.stringContaining(near) })
})

test('sessions.add() also refuses one', async () => {
  const added = sessions.add('id', { ...who, iat: 1 }, { expiresAt: undefined, ...{ maxAge: 1 } })
  await expect(added).rejects.toThrow(/^maxAge is not an option here: use expiresAt\.$/)
})
