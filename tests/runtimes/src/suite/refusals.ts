import { equal, ok, rejection } from './assert.ts'
import { answerNext, freshProvider, isActive, requests, signIn, TRAP, trapped } from './desk.ts'
import type { Cases } from './host.ts'

/** Responses that must not count as a success, and cases in which nothing may be sent. */
export function refusalCases({ test, client: { createLogoutClient, isLogoutError } }: Cases): void {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`a redirect with status ${status} to the same origin is refused and not followed`, async () => {
      const { appHost, apps } = await freshProvider()
      const { accessToken } = await signIn()
      await answerNext({ status, headers: { location: `${appHost}/oidc/token/revocation` } })
      const error = await rejection(createLogoutClient({ ...apps.post, appHost }).revokeToken(accessToken))
      ok(isLogoutError(error), 'not a LogoutError')
      equal([error.code, error.retryable, error.tokenMayBeLive], ['redirect_refused', false, true])
      equal((await requests()).length, 1)
      equal(await isActive(accessToken), true)
    })

    test(`a redirect with status ${status} to another origin is refused, and nothing arrives there`, async () => {
      const { appHost, apps } = await freshProvider()
      await answerNext({ status, headers: { location: TRAP } })
      const error = await rejection(createLogoutClient({ ...apps.post, appHost }).revokeToken('some token'))
      ok(isLogoutError(error), 'not a LogoutError')
      equal(error.code, 'redirect_refused')
      equal(await trapped(), 0)
    })
  }

  test(
    'the error about a redirect contains its status',
    async () => {
      const { appHost, apps } = await freshProvider()
      await answerNext({ status: 307, headers: { location: TRAP } })
      const error = await rejection(createLogoutClient({ ...apps.post, appHost }).revokeToken('some token'))
      ok(isLogoutError(error), 'not a LogoutError')
      equal(error.status, 307)
    },
    { browser: 'Browsers hide the status of a redirect that is not followed.' },
  )

  const answers: [what: string, answer: object, expected: object][] = [
    [
      'an HTML page with status 200',
      { body: '<!doctype html><title>Welcome</title>', headers: { 'content-type': 'text/html' } },
      { code: 'unexpected_response', status: 200 },
    ],
    [
      'an error inside status 200',
      { envelopeError: { statusCode: 403, apiCode: 2333, message: 'forbidden', requestId: 'r-1' } },
      { code: 'rejected', status: 200, apiCode: 2333, requestId: 'r-1' },
    ],
    ['a 404', { status: 404, body: {} }, { code: 'endpoint_missing', status: 404 }],
    ['an empty 401', { status: 401 }, { code: 'client_auth_failed', status: 401 }],
    [
      'a 401 whose reason is in WWW-Authenticate alone',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x", error="invalid_client"' } },
      { code: 'client_auth_failed', providerError: 'invalid_client' },
    ],
    [
      'a token type that cannot be revoked',
      { status: 400, body: { error: 'unsupported_token_type' } },
      { code: 'unsupported_token_type', providerError: 'unsupported_token_type' },
    ],
    [
      'a body that never stops',
      { body: 'revoked', endless: true, headers: { 'content-type': 'text/plain' } },
      { code: 'unexpected_response', status: 200 },
    ],
  ]
  for (const [what, answer, expected] of answers) {
    test(`${what} is ${Object.values(expected)[0]}`, async () => {
      const { appHost, apps } = await freshProvider()
      await answerNext(answer)
      const error = await rejection(createLogoutClient({ ...apps.post, appHost, retries: 0 }).revokeToken('some token'))
      ok(isLogoutError(error), 'not a LogoutError')
      equal(Object.fromEntries(Object.keys(expected).map((key) => [key, error[key as 'code']])), expected)
    })
  }
}
