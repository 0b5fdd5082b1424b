import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { connect } from '../connection.ts'
import { createTerminal, type Terminal } from '../terminal/terminal.ts'
import { ownProvider } from './own-provider.ts'

function terminalOf(env: Record<string, string>): Terminal {
  return createTerminal({ env, stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() })
}

test.each([
  [{ AUTHING_APP_ISSUER: ' https://id.example.com/tenant/ \n' }],
  [{ AUTHING_APP_HOST: 'https://Example.genauth.ai:443/', AUTHING_APP_PROTOCOL: 'oauth' }],
  [{ AUTHING_APP_REVOCATION_ENDPOINT: 'https://id.example.com/revoke?x=1' }],
  [{ AUTHING_APP_INTROSPECTION_ENDPOINT: 'https://id.example.com/introspect' }],
  [{ AUTHING_APP_HOST: 'http://id.internal', AUTHING_APP_ALLOW_INSECURE_HTTP: 'true' }],
])('logouts are named as the worker with %j names its own, without its credentials', async (place) => {
  const env = { AUTHING_APP_ID: ' app ', ...place }
  await using worker = connect({ env: { ...env, AUTHING_APP_SECRET: 'a-secret-of-the-app' }, tls: undefined })
  const { appId, provider } = worker.client
  expect(ownProvider(terminalOf(env))).toMatchObject({ appId, provider })
})

test.each([
  [{}],
  [{ AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'a-secret-of-the-app' }],
  [{ AUTHING_APP_ID: ' ', AUTHING_APP_HOST: 'https://example.genauth.ai' }],
])('the environment %j names no provider', (env) => {
  expect(ownProvider(terminalOf(env))).toBeUndefined()
})

test('an environment that no worker accepts is refused', () => {
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_HOST: 'https://a.example', AUTHING_APP_ISSUER: 'https://b.example' }
  expect(() => ownProvider(terminalOf(env))).toThrow('Set only one of')
})
