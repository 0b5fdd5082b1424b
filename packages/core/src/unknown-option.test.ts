import { describe, expect, test } from 'vitest'
import { CALLS } from './call-option-names.ts'
import { createLogoutClient } from './client.ts'
import { CLIENT } from './client-option-names.ts'
import type { LogoutClientOptions } from './options.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { findUnknownOption } from './unknown-option.ts'

const options = { appId: 'app', appHost: 'https://example.genauth.ai' }

describe('createLogoutClient() refuses an option that does not exist', () => {
  test.each([
    // The official SDKs' names for them.
    ['revocationEndPointAuthMethod', /clientAuth/],
    ['introspectionEndPointAuthMethod', /clientAuth/],
    ['tokenEndPointAuthMethod', /clientAuth/],
    ['timeout', /timeoutMs, in milliseconds/],
    ['rejectUnauthorized', /tls\.ca/],
    ['retryTimes', /retries/],
    ['domain', /appHost/],
    ['secret', /appSecret/],
    ['clientId', /appId/],
    ['client_secret', /appSecret/],
    ['scope', /signing in/],
    ['tls', /@backend-logout\/node/],
    ['proxy', /@backend-logout\/node/],
    // Slips.
    ['appid', /use appId\./],
    ['app_secret', /use appSecret\./],
    ['appSecert', /use appSecret\./],
    ['retires', /use retries\./],
    ['deadline', /use deadlineMs\./],
    ['onEvents', /use onEvent\./],
    ['logoutRedirectUrl', /use logoutRedirectUri\./],
    ['tiemout', /use timeoutMs\./],
    ['onEvnet', /use onEvent\./],
    ['applicationSecret', /use appSecret\./],
    ['timeoutSeconds', /use timeoutMs\./],
    // Other things in the official SDKs, not slips.
    ['userPoolSecret', /the options are appId, appSecret/],
    ['accessKeySecret', /the options are appId, appSecret/],
    ['agent', /the options are appId, appSecret/],
    ['isSSO', /the options are appId, appSecret/],
    ['xyz', /the options are appId, appSecret/],
    ['constructor', /is not an option/],
    ['toString', /is not an option/],
  ])('%s', async (name, hint) => {
    const error = await logoutErrorOf(() => createLogoutClient({ ...options, [name]: 1 } as LogoutClientOptions))
    expect(error).toMatchObject({ code: 'invalid_options', option: name, message: expect.stringMatching(hint) })
    expect(error.message).toMatch(new RegExp(`^${name} is not an option here: `))
  })

  test('also refuses an unknown endpoint', async () => {
    const endpoints = { revocation: 'https://id.example.com/r', introspect: 'https://id.example.com/i' }
    const error = await logoutErrorOf(() => createLogoutClient({ appId: 'app', endpoints }))
    expect(error).toMatchObject({
      code: 'invalid_options',
      message: expect.stringMatching(/introspect .*introspection/),
    })
  })
})

test.each(Object.entries(CALLS))('%s() refuses an option that does not exist', async (name, known) => {
  const client = createLogoutClient(options)
  const call = async (given: object): Promise<unknown> => {
    if (name === 'discover') return client.discover(given)
    if (name === 'revokeTokens') return client.revokeTokens(['a token'], given).next()
    if (name === 'buildLogoutUrl') return [client.buildLogoutUrl(given), client.buildLogoutForm(given)]
    if (name === 'logout') return client.logout({}, given)
    return client[name as 'revokeToken' | 'introspectToken']('a token', given)
  }
  const error = await logoutErrorOf(() => call({ timeout: 1 }))
  expect(error).toMatchObject({ code: 'invalid_argument', option: 'timeout' })
  expect(Object.keys(known).length).toBeGreaterThan(3)
})

test('undefined options count as absent, and symbols belong to the application', () => {
  const own = { ...options, timeout: undefined, [Symbol('mine')]: 1 }
  expect(createLogoutClient(own as LogoutClientOptions).appId).toBe('app')
})

test('the message does not repeat a name that may be a secret', () => {
  const unknown = findUnknownOption({ 'eyJhbGciOi.canary/+=': 1, ['x'.repeat(100)]: 1 }, CLIENT)
  expect(JSON.stringify(unknown)).not.toContain('canary')
  expect(JSON.stringify(findUnknownOption({ ['x'.repeat(100)]: 1 }, CLIENT))).not.toContain('xxx')
})

test.each([
  ['https://example.genauth.ai/oidc', 'https://example.genauth.ai.'],
  ['https://example.genauth.ai/oidc/', 'https://example.genauth.ai.'],
  ['https://example.genauth.ai/oidc/.well-known/openid-configuration', 'https://example.genauth.ai.'],
  ['https://example.genauth.ai/oidc/token/revocation', 'https://example.genauth.ai.'],
  ['https://example.genauth.ai/oauth', "https://example.genauth.ai with protocol: 'oauth'."],
  ['https://id.example.com/genauth/oidc', 'https://id.example.com/genauth.'],
])('appHost %s is refused with the correct one', async (appHost, right) => {
  const error = await logoutErrorOf(() => createLogoutClient({ appId: 'app', appHost }))
  expect(error).toMatchObject({ code: 'invalid_options', option: 'appHost' })
  expect(error.message.endsWith(`: use ${right}`)).toBe(true)
})

test.each(['https://id.example.com/genauth', 'https://id.example.com/oidc-provider'])(
  'appHost %s is accepted',
  (appHost) => {
    expect(createLogoutClient({ appId: 'app', appHost }).provider).toBe(appHost)
  },
)
