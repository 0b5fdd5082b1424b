import { equal, ok, rejection } from './assert.ts'
import { answerNext, freshProvider, MIRROR, mirrored, requests } from './desk.ts'
import type { Cases } from './host.ts'

/** The effects of the package on the program that uses it. */
export function mannersCases({ test, client: { createLogoutClient, isLogoutError, LogoutError } }: Cases): void {
  test('creating a client sends nothing', async () => {
    const { appHost, issuer, apps } = await freshProvider()
    createLogoutClient({ ...apps.post, appHost })
    createLogoutClient({ ...apps.post, issuer })
    equal(await requests(), [])
  })

  test('wrong options are rejected immediately, and the error names the option', async () => {
    for (const [options, expected] of [
      [{ appHost: 'https://id.example.com' }, 'appId'],
      [{ appId: 'app' }, 'appHost'],
      [{ appId: 'app', appHost: 'http://id.example.com' }, 'https'],
      [{ appId: 'app', appHost: 'https://id.example.com', timeoutMs: -1 }, 'timeoutMs'],
    ] as const) {
      const error = await rejection((async () => createLogoutClient(options as never))())
      ok(isLogoutError(error), 'not a LogoutError')
      equal(error.code, 'invalid_options')
      ok(error.message.includes(expected), error.message)
    }
  })

  test('the headers option adds headers to each request', async () => {
    const headers = { 'X-Tenant': 'one' }
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: MIRROR }, headers })
    equal(await client.revokeToken('some token'), true)
    equal((await mirrored())['x-tenant'], 'one')
  })

  test(
    'the headers option sets User-Agent',
    async () => {
      const headers = { 'User-Agent': 'shop/1.0' }
      const client = createLogoutClient({ appId: 'app', endpoints: { revocation: MIRROR }, headers })
      equal(await client.revokeToken('some token'), true)
      equal((await mirrored())['user-agent'], 'shop/1.0')
    },
    { browser: 'Browsers send their own User-Agent.' },
  )

  test('isLogoutError() recognizes exactly LogoutErrors', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ status: 400, body: { error: 'invalid_request' } })
    const error = await rejection(createLogoutClient({ ...apps.post, appHost }).revokeToken('some token'))
    ok(isLogoutError(error) && error instanceof LogoutError && error instanceof Error, 'not a LogoutError')
    equal([error.name, (error.toJSON() as { code?: unknown }).code], ['LogoutError', 'rejected'])
    for (const other of [new Error('no'), { code: 'rejected' }, null, undefined, 'rejected']) {
      equal(isLogoutError(other), false)
    }
  })

  test('nothing is written to the console', async () => {
    const { appHost, apps } = await freshProvider()
    const written: unknown[] = []
    const console = globalThis.console as unknown as Record<string, unknown>
    const usual = { ...console }
    for (const [name, method] of Object.entries(usual)) {
      if (typeof method === 'function') console[name] = (...args: unknown[]) => written.push([name, ...args])
    }
    try {
      const client = createLogoutClient({ ...apps.post, appHost, timeoutMs: 300, retries: 1 })
      for (const answer of [{ status: 503 }, { body: '<html>' }, { hang: true }, { drop: true }]) {
        await answerNext(answer)
        await client.revokeToken('some token').catch(() => {})
      }
      await client.logout({ accessToken: 'some token', idToken: 'some ID token' })
    } finally {
      Object.assign(console, usual)
    }
    equal(written, [])
  })
}
