import { expect, test } from 'vitest'
import { startEmulator } from './start-emulator.ts'
import { credentials, postForm, send } from './testing/wire.ts'

test('the metadata names every endpoint where GenAuth has it', async () => {
  await using emulator = await startEmulator()
  const { appHost, issuer } = emulator
  const { status, body } = await send(`${issuer}/.well-known/openid-configuration`)
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({
    issuer,
    authorization_endpoint: `${appHost}/oidc/auth`,
    token_endpoint: `${appHost}/oidc/token`,
    revocation_endpoint: `${appHost}/oidc/token/revocation`,
    introspection_endpoint: `${appHost}/oidc/token/introspection`,
    userinfo_endpoint: `${appHost}/oidc/me`,
    end_session_endpoint: `${appHost}/oidc/session/end`,
    jwks_uri: `${appHost}/oidc/.well-known/jwks.json`,
    revocation_endpoint_auth_methods_supported: [
      'client_secret_post',
      'client_secret_basic',
      'none',
      'private_key_jwt',
      'client_secret_jwt',
    ],
  })
  expect(JSON.parse(body).introspection_endpoint_auth_methods_supported).toContain('client_secret_basic')
  expect(JSON.parse(body)).not.toHaveProperty('mtls_endpoint_aliases')
})

test('the metadata of the OAuth protocol names its own endpoints and the one issuer', async () => {
  await using emulator = await startEmulator()
  const { body } = await send(`${emulator.appHost}/oauth/.well-known/openid-configuration`)
  expect(JSON.parse(body)).toMatchObject({
    issuer: emulator.issuer,
    revocation_endpoint: `${emulator.appHost}/oauth/token/revocation`,
  })
})

test('the metadata is the same for a client that used another name', async () => {
  await using emulator = await startEmulator()
  const { port } = new URL(emulator.appHost)
  const { body } = await send(`http://localhost:${port}/oidc/.well-known/openid-configuration`)
  expect(JSON.parse(body).revocation_endpoint).toBe(`${emulator.issuer}/token/revocation`)
})

test('the first RFC 8414 address has no document until a response is queued', async () => {
  await using emulator = await startEmulator()
  const url = `${emulator.appHost}/.well-known/oauth-authorization-server/oidc`
  expect((await send(url)).status).toBe(404)
  emulator.answerNext({ endpoint: 'discovery', body: { issuer: 'http://localhost' } })
  expect(JSON.parse((await send(url)).body)).toEqual({ issuer: 'http://localhost' })
})

test('pages of other origins can read nothing by default', async () => {
  await using emulator = await startEmulator()
  const origin = 'http://localhost:4000'
  const form = { token: 'x', ...credentials(emulator.app) }
  const revocation = `${emulator.issuer}/token/revocation`
  emulator.answerNext({ endpoint: 'jwks', status: 200 })
  for (const { headers, status } of [
    await postForm(revocation, form, { origin }),
    await send(`${emulator.issuer}/.well-known/openid-configuration`, { headers: { origin } }),
    await send(`${emulator.issuer}/.well-known/jwks.json`, { headers: { origin } }),
    await send(`${emulator.issuer}/me`, { headers: { origin, authorization: 'Bearer x' } }),
    await send(revocation, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }),
  ]) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(status).not.toBe(204)
  }
})

test('cors lets pages of other origins read every response, including queued ones', async () => {
  await using emulator = await startEmulator({ cors: true })
  const origin = 'http://localhost:4000'
  const revocation = `${emulator.issuer}/token/revocation`
  const preflight = await send(revocation, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
  emulator.answerNext({ endpoint: 'jwks', status: 503 })
  for (const { headers } of [
    preflight,
    await postForm(revocation, { token: 'x', ...credentials(emulator.app) }, { origin }),
    await send(`${emulator.issuer}/.well-known/jwks.json`, { headers: { origin } }),
  ]) {
    expect(headers.get('access-control-allow-origin')).toBe(origin)
  }
})
