import {
  createLogoutClient,
  ENVIRONMENT_VARIABLES,
  ERROR_MEANING,
  isLogoutError,
  LogoutError,
  type LogoutErrorCode,
} from '@backend-logout/node'
import { expect, test } from 'vitest'
import { describeLogoutError } from './logout-error.ts'

const base = { appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' }

function thrownBy(body: () => unknown): string {
  try {
    body()
  } catch (error) {
    if (isLogoutError(error)) return describeLogoutError(error)
  }
  throw new Error('No LogoutError was thrown.')
}

test.each([
  [{ ...base, appId: '' }, /^AUTHING_APP_ID must be a string/],
  [{ ...base, appHost: 'nonsense' }, /^AUTHING_APP_HOST must be an absolute URL/],
  [{ ...base, protocol: 'x' }, /^AUTHING_APP_PROTOCOL must be 'oidc' or 'oauth'/],
  [{ ...base, clientAuth: 'x' }, /^AUTHING_APP_CLIENT_AUTH /],
])('messages rename the options of a client to those of the command line: %j', (options, message) => {
  expect(thrownBy(() => createLogoutClient(options as never))).toMatch(message)
})

test('messages rename every option that has a variable', () => {
  for (const [name, { option }] of Object.entries(ENVIRONMENT_VARIABLES)) {
    const error = new LogoutError('invalid_options', `${option} must be something else.`, { option })
    const described = describeLogoutError(error)
    expect(described).toMatch(/^(?:AUTHING_APP_|--)/)
    if (option.includes('.')) expect(described).toBe(`${name} must be something else.`)
  }
})

test.each([
  [{ redirectUri: 'https://app.example/' }, /^--id-token-file is missing/],
  [{ redirectUri: 'x' }, /^--redirect-uri must be/],
  [{ state: '' }, /^--state must be/],
])('messages rename the options of a call as well: %j', (options, message) => {
  expect(thrownBy(() => createLogoutClient(base).buildLogoutUrl(options))).toMatch(message)
})

test.each([
  ['client_auth_failed', 'Check AUTHING_APP_ID, AUTHING_APP_SECRET and AUTHING_APP_CLIENT_AUTH.'],
  ['rate_limited', ERROR_MEANING.rate_limited.advice],
] as const)('the advice for %s names a setting of the command line', (code, advice) => {
  const error = new LogoutError(
    code,
    `POST https://a.example/ answered 401. ${ERROR_MEANING[code].advice} (2 attempts)`,
  )
  expect(describeLogoutError(error)).toBe(`POST https://a.example/ answered 401. ${advice} (2 attempts)`)
})

test('no advice names an option that the command line does not have', () => {
  for (const code of Object.keys(ERROR_MEANING) as LogoutErrorCode[]) {
    const text = describeLogoutError(new LogoutError(code, ERROR_MEANING[code].advice))
    expect(text).not.toMatch(/\b(?:appId|appSecret|appHost|clientAuth|endpoints|tokenMayBeLive)\b/)
  }
})
