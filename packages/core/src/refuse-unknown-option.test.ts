import { expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { clientSecretJwt, privateKeyJwt } from './jwt.ts'
import { refuseUnknownOption } from './refuse-unknown-option.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
  'sign',
  'verify',
])
const secret = 'a secret of at least 32 characters'

test.each<[name: string, call: (options: object) => unknown, option: string, near: string]>([
  [
    'privateKeyJwt',
    (options) => privateKeyJwt(privateKey, { kid: 'key-1', ...options }),
    'lifetimeSecond',
    'lifetimeSeconds',
  ],
  ['privateKeyJwt', (options) => privateKeyJwt(privateKey, options), 'expiresIn', 'lifetimeSeconds'],
  [
    'privateKeyJwt',
    (options) => privateKeyJwt(privateKey, options),
    'tiemout',
    'audience, lifetimeSeconds, notBefore, typ, alg, kid',
  ],
  ['clientSecretJwt', (options) => clientSecretJwt(secret, { alg: 'HS256', ...options }), 'audence', 'audience'],
  ['clientSecretJwt', (options) => clientSecretJwt(secret, options), 'kid', 'audience, lifetimeSeconds'],
])('%s() refuses an option that does not exist', async (name, call, option, near) => {
  const error = await logoutErrorOf(() => call({ [option]: 1 }))
  expect(error).toMatchObject({ code: 'invalid_options', option: `${name}.${option}` })
  expect(error.message).toContain(near)
  expect(() => call({ [option]: undefined })).not.toThrow()
})

test.each<[name: string, call: (verify: { readonly withinMs?: number }) => Promise<unknown>]>([
  ['revokeToken', (verify) => client.revokeToken('a token', { verify })],
  ['revokeTokens', async (verify) => client.revokeTokens(['a token'], { verify }).next()],
  ['logout', (verify) => client.logout({ accessToken: 'a token' }, { verify })],
])('%s() refuses an option of verify that does not exist', async (_name, call) => {
  const error = await logoutErrorOf(() => call({ withinMs: 1, ...{ within: 1 } }))
  expect(error).toMatchObject({ code: 'invalid_argument', option: 'verify.within' })
  expect(error.message).toContain('use withinMs')
})

test('names the owner of the options, and suggests an alternative', async () => {
  const hints = { sockets: 'use connections' }
  const error = await logoutErrorOf(() => refuseUnknownOption({ sockets: 1 }, { connections: true }, hints, 'pool.'))
  expect(error.message).toBe('pool.sockets is not an option here: use connections.')
})
