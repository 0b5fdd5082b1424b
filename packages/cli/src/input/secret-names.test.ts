import { expect, test } from 'vitest'
import { isSecretName } from './secret-names.ts'

test.each([
  ...[
    'token',
    'tokens',
    'access_token',
    'refreshToken',
    'id-token',
    'sessionToken',
    'csrftoken',
    'token_value',
    'token 2',
  ],
  ...['session.access_token', 'user.accessToken', 'a.refreshToken', 'token.sub', 'id_token_hint', 'clientSecret'],
  ...[
    'password',
    'user.passwd',
    'passphrase',
    'API Key',
    'x-api-key',
    'apikey',
    'api_keys',
    'accessKey',
    'private key',
  ],
  ...[
    'Authorization',
    'authorization_code',
    'jwt',
    'bearer',
    'Set-Cookie',
    'credentials',
    'client_assertion',
    '密码',
    'a'.repeat(300),
  ],
])('%j is the name of a token or a secret', (name) => {
  expect(isSecretName(name)).toBe(true)
})

test.each([
  ...[
    'user_id',
    'token_type',
    'token_type_hint',
    'token_expires_at',
    'tokenCount',
    'country_code',
    'api_key_id',
    'key',
  ],
  ...['session.id', 'authorized', 'authorization_status', 'cookie_consent', 'email', 'n', '', '用户', 'session.type'],
])('%j is the name of neither', (name) => {
  expect(isSecretName(name)).toBe(false)
})
