import { equal, ok, rejection } from './assert.ts'
import { answerNext, freshProvider, isActive, requests, signIn } from './desk.ts'
import type { Cases } from './host.ts'

/** Timeouts, abort, retries and `Retry-After`. */
export function timeCases({ test, client: { createLogoutClient, isLogoutError } }: Cases): void {
  test('a provider that does not respond causes a timeout, and the token is unknown', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ hang: true })
    const client = createLogoutClient({ ...apps.post, appHost, timeoutMs: 300, retries: 0 })
    const { tokens } = await client.logout({ accessToken: 'some token' })
    equal([tokens[0]?.state, tokens[0]?.error?.code, tokens[0]?.error?.retryable], ['unknown', 'timeout', true])
  })

  test('a body that never ends also causes a timeout', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ hang: true, status: 200, body: 'a beginning' })
    const client = createLogoutClient({ ...apps.post, appHost, timeoutMs: 300, retries: 0 })
    const error = await rejection(client.revokeToken('some token'))
    ok(isLogoutError(error), 'not a LogoutError')
    equal(error.code, 'timeout')
  })

  test('deadlineMs ends a call with all its attempts', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ hang: true, times: 50 })
    const client = createLogoutClient({ ...apps.post, appHost, timeoutMs: 100, deadlineMs: 600, retries: 50 })
    const error = await rejection(client.revokeToken('some token'))
    ok(isLogoutError(error), 'not a LogoutError')
    equal(error.code, 'timeout')
    ok((error.attempts ?? 0) <= 6, `${error.attempts} attempts`)
  })

  test('a signal ends a call immediately', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ hang: true })
    const aborting = new AbortController()
    const call = createLogoutClient({ ...apps.post, appHost }).revokeToken('some token', { signal: aborting.signal })
    setTimeout(() => aborting.abort(), 200)
    const error = await rejection(call)
    ok(isLogoutError(error), 'not a LogoutError')
    equal([error.code, error.retryable], ['aborted', false])
  })

  test('a signal that has already aborted prevents the request', async () => {
    const { appHost, apps } = await freshProvider()
    const client = createLogoutClient({ ...apps.post, appHost })
    const error = await rejection(client.revokeToken('some token', { signal: AbortSignal.abort() }))
    ok(isLogoutError(error), 'not a LogoutError')
    equal(error.code, 'aborted')
    equal(await requests(), [])
  })

  test('a broken connection is network, and the token is unknown', async () => {
    const { appHost, apps } = await freshProvider()
    // Some runtimes send again on their own if a kept-alive connection turns out to be closed.
    await answerNext({ drop: true, times: 50 })
    const client = createLogoutClient({ ...apps.post, appHost, retries: 0 })
    const { tokens } = await client.logout({ accessToken: 'some token' })
    equal([tokens[0]?.state, tokens[0]?.error?.code, tokens[0]?.attempts], ['unknown', 'network', 1])
  })

  test('a request whose response is lost is retried', async () => {
    const { appHost, apps } = await freshProvider()
    const { accessToken } = await signIn()
    await answerNext({ handled: true, drop: true })
    equal(await createLogoutClient({ ...apps.post, appHost }).revokeToken(accessToken), true)
    equal(await isActive(accessToken), false)
  })

  test('the client waits for Retry-After, and retries the revocation', async () => {
    const { appHost, apps } = await freshProvider()
    const { accessToken } = await signIn()
    await answerNext({ status: 503, headers: { 'retry-after': '1' } })
    const waits: unknown[] = []
    const client = createLogoutClient({
      ...apps.post,
      appHost,
      onEvent: (event) => event.type === 'retry' && waits.push([event.code, event.retryAfterMs, event.delayMs >= 1000]),
    })
    equal(await client.revokeToken(accessToken), true)
    equal(waits, [['provider_unavailable', 1000, true]])
    equal(await isActive(accessToken), false)
  })

  test('Retry-After beyond the deadline fails immediately, and the error says so', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ status: 429, headers: { 'retry-after': '3600' } })
    const error = await rejection(createLogoutClient({ ...apps.post, appHost }).revokeToken('some token'))
    ok(isLogoutError(error), 'not a LogoutError')
    equal([error.code, error.retryAfterMs, error.attempts], ['rate_limited', 3_600_000, 1])
  })
}
