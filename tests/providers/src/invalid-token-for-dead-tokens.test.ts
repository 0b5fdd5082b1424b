import { describeBehavior, everywhere } from './behavior.ts'

const google = { status: 400, body: { error: 'invalid_token', error_description: 'Token expired or revoked' } }
const env = { AUTHING_APP_ALREADY_INVALID_ERRORS: 'unauthorized_client, Invalid token' }
const options = { alreadyInvalidErrors: ['unauthorized_client', 'Invalid token'] }

describeBehavior('invalid-token-for-dead-tokens', () => {
  everywhere(
    'Google, if the refresh token also revoked the access token',
    ({ earlier }) => (earlier ? google : {}),
    {
      state: 'accepted',
      requests: 2,
      outbox: 'revoked',
    },
    { accessToken: 'the-access-token', refreshToken: 'the-refresh-token' },
  )
  everywhere('Google, if the token is inactive', google, { state: 'accepted', outbox: 'revoked' })
  everywhere(
    'Keycloak behind a gateway whose limit this request used up',
    {
      headers: { 'ratelimit-limit': '100', 'ratelimit-remaining': '0', 'ratelimit-reset': '42' },
      body: { error: 'invalid_token' },
    },
    { state: 'accepted', requests: 1 },
  )
  everywhere(
    'a 404, once the application names its message',
    { status: 404, body: { message: 'Not Found' } },
    { state: 'accepted', outbox: 'revoked' },
    {
      options: { alreadyInvalidErrors: ['Not Found'] },
      env: { AUTHING_APP_ALREADY_INVALID_ERRORS: 'Not Found' },
    },
  )
  everywhere(
    'Twitch, once the application names its text',
    { status: 400, body: 'Invalid token' },
    {
      state: 'accepted',
      outbox: 'revoked',
    },
    { options, env },
  )
  everywhere(
    'Doorkeeper before version 5.4, once the application names its code',
    {
      status: 403,
      body: { error: 'unauthorized_client', error_description: 'You are not authorized to revoke this token' },
    },
    { state: 'accepted', outbox: 'revoked' },
    { options, env },
  )
  everywhere(
    'Twitch, without that setting',
    { status: 400, body: 'Invalid token' },
    {
      state: 'live',
      code: 'rejected',
      reason: 'Invalid token',
      outbox: 'dead',
    },
  )
  everywhere(
    'a refused credential is still an error',
    { ...google, status: 401 },
    {
      state: 'live',
      code: 'client_auth_failed',
      exitCode: 3,
    },
  )
})
