import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { basicHeader, credentials, getUserinfo, postForm, send } from './testing/wire.ts'

let emulator: Emulator
let url: string

beforeAll(async () => {
  emulator = await startEmulator()
  url = `${emulator.issuer}/token/revocation`
})
afterEach(() => emulator.reset())
afterAll(() => emulator.close())

test('a request is recorded with its effect, but without values', async () => {
  const before = Date.now()
  await postForm(`${url}?state=1`, { token: 'x', token_type_hint: 'access_token', ...credentials(emulator.app) })
  expect(emulator.requests).toEqual([
    {
      at: expect.any(Number),
      method: 'POST',
      path: '/oidc/token/revocation',
      endpoint: 'revocation',
      clientAuth: ['client_secret_post'],
      fields: ['state', 'token', 'token_type_hint', 'client_id', 'client_secret'],
      rehearsed: false,
      status: 200,
    },
  ])
  expect(emulator.requests[0]?.at).toBeGreaterThanOrEqual(before)
})

test('every method of client authentication is recognized, and two in one request count as two', async () => {
  const { post, basic, none } = emulator.apps
  await postForm(url, { token: 'x' }, basicHeader(basic))
  await postForm(url, { token: 'x', ...credentials(post) }, basicHeader(basic))
  await postForm(url, { token: 'x', client_id: none.appId })
  await postForm(url, { token: 'x', client_assertion: 'eyJhbGciOiJIUzI1NiJ9.e30.x' })
  await postForm(url, { token: 'x', client_assertion: 'eyJhbGciOiJFUzI1NiJ9.e30.x' })
  await postForm(url, { token: 'x' })
  await getUserinfo(emulator.appHost, 'x')
  expect(emulator.requests.map(({ clientAuth }) => clientAuth)).toEqual([
    ['client_secret_basic'],
    ['client_secret_basic', 'client_secret_post'],
    ['none'],
    ['client_secret_jwt'],
    ['private_key_jwt'],
    [],
    ['bearer'],
  ])
})

test('a queued response is recorded as such, and a dropped one without a status', async () => {
  emulator.answerNext({ status: 503 })
  emulator.answerNext({ drop: true })
  await postForm(url, { token: 'x' })
  await postForm(url, { token: 'x' }).catch(() => {})
  expect(emulator.requests.map(({ rehearsed, status }) => [rehearsed, status])).toEqual([
    [true, 503],
    [true, undefined],
  ])
})

test('records contain no secret, however it was sent', async () => {
  const { accessToken, refreshToken, idToken } = await emulator.signIn()
  const { appSecret = '' } = emulator.app
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const body of [`token=${accessToken}`, accessToken, JSON.stringify({ token: refreshToken }), `${appSecret}=1`]) {
    await send(`${url}?${refreshToken}`, { method: 'POST', body, headers })
  }
  await send(`${emulator.issuer}/session/end?id_token_hint=${idToken}`)
  await getUserinfo(emulator.appHost, accessToken)
  const shown = inspect(emulator.requests, { depth: null }) + JSON.stringify(emulator.requests)
  for (const secret of [accessToken, refreshToken, idToken, appSecret]) expect(shown).not.toContain(secret)
  const [named, ...unnamed] = emulator.requests.filter(({ endpoint }) => endpoint === 'revocation')
  expect(named?.fields).toEqual(['(other)', 'token'])
  expect(unnamed.map(({ fields }) => fields)).toEqual([['(other)'], ['(other)'], ['(other)']])
})

test('the last 1000 requests are kept', async () => {
  emulator.answerAlways({ status: 204 })
  for (let i = 0; i < 1010; i += 10) {
    await Promise.all(Array.from({ length: 10 }, () => send(url, { method: 'POST' })))
  }
  expect(emulator.requests).toHaveLength(1000)
})
