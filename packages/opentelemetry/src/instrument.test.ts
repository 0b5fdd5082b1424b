import { createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { createLogoutClient, fingerprintToken } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { followRevocations } from '@backend-logout/revocations'
import { createCheckHandler, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
import { SpanKind } from '@opentelemetry/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instrumentation, instrument } from './instrument.ts'
import { createTelemetry } from './testing/telemetry.ts'

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator()
})
afterAll(() => provider.close())

function createClient(telemetry: Instrumentation) {
  const { appId, appSecret = '' } = provider.app
  return createLogoutClient({ appId, appSecret, appHost: provider.appHost, onEvent: telemetry.client() })
}

test('a call is a histogram point and a span, and each attempt is a span within it', async () => {
  const { telemetry, points, spans, close } = createTelemetry()
  await using client = createClient(telemetry)
  const { accessToken } = await provider.signIn()
  provider.answerNext({ status: 503 })
  await client.revokeToken(accessToken)
  provider.answerNext({ status: 401, body: { error: 'invalid_client' } })
  await client.revokeToken(accessToken).catch(() => {})

  const attributes = { 'backend_logout.operation': 'revoke', 'server.address': '127.0.0.1' }
  const done = { ...attributes, 'backend_logout.outcome': 'accepted' }
  const failed = { ...attributes, 'backend_logout.outcome': 'live', 'error.type': 'client_auth_failed' }
  const name = 'backend_logout.client.call.duration'
  const measured = await points()
  expect(measured).toContainEqual({ name, unit: 's', attributes: done, value: 1 })
  expect(measured).toContainEqual({ name, unit: 's', attributes: failed, value: 1 })
  const [first, second] = spans().filter((span) => span.name === 'backend_logout revoke')
  expect(first).toMatchObject({ kind: SpanKind.INTERNAL, attributes: { ...done, 'backend_logout.attempts': 2 } })
  expect(second).toMatchObject({ status: { message: 'client_auth_failed' } })
  const attempts = spans().filter((span) => span.name === 'backend_logout revoke attempt')
  expect(attempts.map(({ kind, attributes }) => [kind, attributes])).toEqual(
    [
      { 'backend_logout.attempt': 1, 'http.response.status_code': 503, 'error.type': 'provider_unavailable' },
      { 'backend_logout.attempt': 2, 'http.response.status_code': 200 },
      { 'backend_logout.attempt': 1, 'http.response.status_code': 401, 'error.type': 'client_auth_failed' },
    ].map((expected) => [SpanKind.CLIENT, { ...expected, 'server.address': '127.0.0.1' }]),
  )
  const parents = attempts.map(({ parentSpanContext }) => parentSpanContext?.spanId)
  expect(parents).toEqual([first, first, second].map((span) => span?.spanContext().spanId))
  await close()
})

test('two clients whose calls have the same numbers do not mix up their spans', async () => {
  const { telemetry, spans, close } = createTelemetry()
  await using one = createClient(telemetry)
  await using two = createClient(telemetry)
  const tokens = await provider.issueTokens(2)
  await Promise.all([one.revokeToken(tokens[0] as string), two.introspectToken(tokens[1] as string)])
  const calls = spans().filter(({ parentSpanContext }) => parentSpanContext === undefined)
  expect(calls.map(({ name }) => name).sort()).toEqual(['backend_logout introspect', 'backend_logout revoke'])
  for (const { name, parentSpanContext } of spans().filter((span) => !calls.includes(span))) {
    const parent = calls.find((call) => call.spanContext().spanId === parentSpanContext?.spanId)
    expect(name).toBe(`${parent?.name} attempt`)
  }
  await close()
})

test('every package is measured, and no attribute names a token, a user or a session', async () => {
  const { telemetry, points, spans, close } = createTelemetry()
  const { accessToken, refreshToken } = await provider.signIn('alice')
  await using client = createClient(telemetry)
  await using log = await openRevocationLog({ store: { memory: true }, onEvent: telemetry.log })
  await using list = followRevocations({ source: log, onEvent: telemetry.list })
  await using outbox = await openOutbox({ store: { memory: true }, client, onEvent: telemetry.outbox })
  const stop = [telemetry.observeOutbox(outbox), telemetry.observeList(list)]
  await list.ready

  const session = { read: () => ({ accessToken, refreshToken }), clear: () => undefined }
  const handler = createLogoutHandler({ client, session, revocations: log, onEvent: telemetry.handler })
  const headers = { 'x-logout-request': '1', origin: 'https://app.example.com' }
  await handler(new Request('https://app.example.com/logout', { method: 'POST', headers }))
  await handler(new Request('https://app.example.com/logout'))
  const broken = { read: () => Promise.reject(new Error(accessToken)), clear: () => undefined }
  const failing = createLogoutHandler({ client, session: broken, onEvent: telemetry.handler })
  await failing(new Request('https://app.example.com/logout', { method: 'POST', headers }))
  const check = createCheckHandler({ list, verify: () => ({ iss: 'x', jti: 'y' }), onEvent: telemetry.check })
  await check(new Request('https://app.example.com/', { headers: { authorization: `Bearer ${accessToken}` } }))
  const feed = createRevocationFeedHandler({ log, authorize: () => true, onEvent: telemetry.feed })
  for (const query of ['', '?after=gone']) await feed(new Request(`https://app.example.com/revocations${query}`))
  await outbox.add({ accessToken })
  await outbox.work({ untilEmpty: true })
  await outbox.add({ accessToken: 'one' })
  await expect.poll(() => list.size).toBe(1)

  const measured = await points()
  const of = (name: string) => measured.filter((point) => point.name === `backend_logout.${name}`)
  const outcome = (value: string) => expect.objectContaining({ 'backend_logout.outcome': value })
  const event = (value: string) => expect.objectContaining({ 'backend_logout.event': value })
  const handled = of('handler.request.duration')
  expect(handled).toContainEqual(expect.objectContaining({ attributes: outcome('logged_out'), value: 1, unit: 's' }))
  expect(handled).toContainEqual(expect.objectContaining({ attributes: outcome('refused'), value: 1 }))
  expect(of('handler.failures')).toContainEqual(
    expect.objectContaining({ attributes: { 'backend_logout.step': 'read' }, value: 1 }),
  )
  expect(of('outbox.events')).toContainEqual(expect.objectContaining({ attributes: event('added'), value: 2 }))
  expect(of('outbox.wait.duration')).toEqual([expect.objectContaining({ value: 1, unit: 's' })])
  expect(of('outbox.logouts').map(({ attributes, value }) => [attributes['backend_logout.state'], value])).toEqual([
    ['pending', 1],
    ['active', 0],
    ['dead', 0],
  ])
  expect(of('outbox.oldest.age')).toEqual([expect.objectContaining({ value: expect.any(Number), unit: 's' })])
  expect(of('revocations.list.entries')).toEqual([expect.objectContaining({ value: 1, unit: '{entry}' })])
  expect(of('revocations.list.lag')).toEqual([expect.objectContaining({ value: expect.any(Number), unit: 's' })])
  expect(of('revocations.list.events')).toContainEqual(expect.objectContaining({ attributes: event('snapshot') }))
  expect(of('revocations.log.events')).toContainEqual(
    expect.objectContaining({ attributes: event('appended'), value: 1 }),
  )
  expect(of('revocations.feed.events').map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ 'backend_logout.event': 'answered' }, 1],
    [{ 'backend_logout.event': 'refused', 'error.type': 'cursor_gone' }, 1],
  ])
  expect(of('revocations.checks')).toEqual([expect.objectContaining({ attributes: outcome('accepted'), value: 1 })])

  const [, payload = ''] = accessToken.split('.')
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string }
  const fingerprint = await fingerprintToken(accessToken)
  const exported = JSON.stringify([
    measured,
    spans().map(({ name, attributes, events }) => ({ name, attributes, events })),
  ])
  for (const secret of ['alice', jti, accessToken, refreshToken, payload, fingerprint]) {
    expect(exported).not.toContain(secret)
  }

  for (const end of stop) end()
  await close()
})

test('objects that are no longer observed are not read', async () => {
  const { telemetry, points, close } = createTelemetry()
  const asked = { stats: 0, health: 0 }
  const stats = async () => ({ pending: 0, active: 0, dead: ++asked.stats, oldestAgeMs: 0 })
  const health = () => ({ entries: ++asked.health, ageMs: undefined })
  const stop = [telemetry.observeOutbox({ stats }), telemetry.observeList({ health })]
  await points()
  for (const end of stop) end()
  await points()
  expect(asked).toEqual({ stats: 1, health: 1 })
  await close()
})

test('an outbox whose database does not respond leaves a gap, and other metrics are exported', async () => {
  const { telemetry, points, close } = createTelemetry()
  telemetry.observeOutbox({ stats: () => Promise.reject(new Error('down')) })
  telemetry.check({ type: 'accepted' })
  expect((await points()).map(({ name }) => name)).toEqual(['backend_logout.revocations.checks'])
  await close()
})

test('without an SDK, nothing is recorded, and nothing fails', async () => {
  const telemetry = instrument()
  await using client = createClient(telemetry)
  const [token = ''] = await provider.issueTokens(1)
  expect(await client.revokeToken(token)).toBe(true)
  telemetry.observeList({ health: () => ({ entries: 0, ageMs: undefined }) })()
})
