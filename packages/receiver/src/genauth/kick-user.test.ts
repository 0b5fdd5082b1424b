import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LogoutError } from '@backend-logout/core'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkSessionStatus, type GenAuthManagement, kickUser } from './index.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())
afterEach(() => emulator.reset())

const alice = (...appIds: string[]) => ({ userId: 'alice', appIds: appIds.length ? appIds : [emulator.app.appId] })
const quick = { retries: 0, timeoutMs: 2_000 } as const
const asked = (): (string | undefined)[] => emulator.requests.map(({ endpoint }) => endpoint)

describe('kickUser()', () => {
  test('ends the session and proves it: active before, inactive afterward', async () => {
    await emulator.signIn('alice')
    emulator.reset()
    const kick = await kickUser(alice(), emulator.management)
    expect(kick).toEqual({
      state: 'verified',
      kicked: true,
      wasActive: true,
      attempts: 1,
      status: 200,
      durationMs: expect.any(Number),
    })
    expect(asked()).toEqual(['check_session_status', 'kick_users', 'check_session_status'])
    expect(await checkSessionStatus({ userId: 'alice', appId: emulator.app.appId }, emulator.management)).toBe(false)
  })

  test.each(['genauth', 'authing'] as const)('signs with the names of %s', async (signature) => {
    await emulator.signIn('alice')
    const management = { ...emulator.management, signature, tenantId: 'tenant' }
    expect(await kickUser(alice(), management)).toMatchObject({ state: 'verified' })
  })

  test('proves it for many applications: logged in to one of them before, and to none afterward', async () => {
    const { post, basic } = emulator.apps
    const others = Array.from({ length: 48 }, (_, index) => `app${index}`)
    await emulator.signIn('alice', { app: basic })
    const apps = [post.appId, ...others, basic.appId]
    expect(await kickUser(alice(...apps), emulator.management)).toMatchObject({ state: 'verified', wasActive: true })
    expect(asked().filter((name) => name === 'kick_users')).toHaveLength(1)
  })

  test('does not prove it for a user who was logged out before', async () => {
    await kickUser(alice(), emulator.management)
    const { state, kicked, wasActive, error } = await kickUser(alice(), emulator.management)
    expect({ state, kicked, wasActive }).toEqual({ state: 'accepted', kicked: true, wasActive: undefined })
    expect(error).toMatchObject({ code: 'unverified', tokenMayBeLive: false })
    expect(error?.message).toBe('GenAuth accepted the request, but reported the user as logged out even before.')
  })

  test('reports a user as live whom GenAuth still reports as logged in, whatever its response', async () => {
    const active = { statusCode: 200, message: 'Success', data: { active: true } }
    emulator.answerAlways({ endpoint: 'check_session_status', body: active })
    const { state, kicked, error } = await kickUser(alice(), emulator.management, { deadlineMs: 1_500 })
    expect({ state, kicked, code: error?.code }).toEqual({ state: 'live', kicked: false, code: 'unverified' })
    expect(error?.message).toContain('still reports the user as logged in')
  })

  test('without a session status, there is no proof, and the reason is the cause', async () => {
    const envelopeError = { statusCode: 403, apiCode: 2333, message: 'may not ask' }
    emulator.answerAlways({ endpoint: 'check_session_status', envelopeError })
    const { state, error } = await kickUser(alice(), emulator.management, quick)
    expect(state).toBe('accepted')
    expect(error).toMatchObject({ code: 'unverified', tokenMayBeLive: true })
    expect(error?.cause).toMatchObject({ code: 'rejected', apiCode: 2333, providerErrorDescription: 'may not ask' })
  })

  test.each<[string, object, object]>([
    ['an error inside HTTP 200', { envelopeError: { statusCode: 403, message: 'no' } }, { code: 'rejected' }],
    [
      'a wrong signature inside HTTP 200',
      { envelopeError: { statusCode: 401, message: 'no' } },
      { code: 'client_auth_failed' },
    ],
    ['throttling inside HTTP 200', { envelopeError: { statusCode: 429, message: 'slow' } }, { code: 'rate_limited' }],
    ['success: false', { body: { statusCode: 200, message: '', data: { success: false } } }, { code: 'rejected' }],
    ['an empty body', { body: '' }, { code: 'unexpected_response' }],
    ['text', { body: 'OK' }, { code: 'unexpected_response' }],
    ['other JSON', { body: { success: true } }, { code: 'unexpected_response' }],
    ['a list', { body: [{ statusCode: 200 }] }, { code: 'unexpected_response' }],
    ['statusCode as a text', { body: { statusCode: '200' } }, { code: 'unexpected_response' }],
    [
      'an error with deeply nested data',
      { body: `{"statusCode":403,"message":"no","data":${'['.repeat(9_000)}${']'.repeat(9_000)}}` },
      { code: 'rejected' },
    ],
    ['a page', { body: '<html>Log in' }, { code: 'unexpected_response' }],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, { code: 'redirect_refused' }],
    ['404', { status: 404, body: { message: 'Cannot POST /api/v3/kick-users' } }, { code: 'endpoint_missing' }],
    ['503', { status: 503 }, { code: 'provider_unavailable' }],
    ['an endless body', { endless: true }, { code: 'unexpected_response' }],
  ])('%s is not a success', async (_name, fault, expected) => {
    await emulator.signIn('alice')
    emulator.answerAlways({ endpoint: 'kick_users', ...fault })
    const { state, kicked, error, wasActive } = await kickUser(alice(), emulator.management, quick)
    expect({ state, kicked, wasActive }).toEqual({ state: 'live', kicked: false, wasActive: true })
    expect(error).toMatchObject(expected)
    expect(error?.message).not.toMatch(/token/i)
  })

  test('a broken connection: the outcome is determined afterward', async () => {
    await emulator.signIn('alice')
    emulator.answerAlways({ endpoint: 'kick_users', handled: true, drop: true })
    expect(await kickUser(alice(), emulator.management, quick)).toMatchObject({ state: 'verified', kicked: true })
    emulator.answerAlways({ endpoint: 'any', drop: true })
    const { state, error } = await kickUser(alice(), emulator.management, quick)
    expect({ state, code: error?.code }).toEqual({ state: 'unknown', code: 'network' })
    expect(error?.message).not.toMatch(/token/i)
  })

  test('a request that was never sent leaves the user live, and the error says so', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const host = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
    closed.close()
    await once(closed, 'close')
    const { state, attempts, error } = await kickUser(alice(), { ...emulator.management, host }, quick)
    expect({ state, attempts }).toEqual({ state: 'live', attempts: 1 })
    expect(error?.message).toMatch(/Nothing was sent, so the user is still logged in; try again later\.$/)
    const question = checkSessionStatus({ userId: 'alice', appId: 'app' }, { ...emulator.management, host }, quick)
    await expect(question).rejects.toThrow(/^The request for the session status failed: .*\. Try again later\.$/)
  })

  test('a request that was sent is not reported as unsent, whatever is found out afterward', async () => {
    await emulator.signIn('alice')
    const signal = new AbortController()
    const { requests } = emulator
    // GenAuth reports the user as logged in after two requests that were lost.
    emulator.answerAlways({ endpoint: 'kick_users', drop: true })
    const lost = await kickUser(alice(), emulator.management, { ...quick, retries: 1 })
    expect(lost).toMatchObject({ state: 'live', attempts: 2, wasActive: true, error: { code: 'network' } })
    expect(lost.error?.message).toMatch(/The user is still logged in; try again later\.$/)
    emulator.reset()
    // It refused the first request, and the second one was aborted.
    emulator.answerAlways({ endpoint: 'kick_users', status: 503, headers: { 'retry-after': '5' } })
    const aborting = kickUser(alice(), emulator.management, { retries: 1, signal: signal.signal })
    while (!requests.some(({ endpoint }) => endpoint === 'kick_users')) await new Promise((go) => setTimeout(go, 5))
    setTimeout(() => signal.abort(), 100)
    const aborted = await aborting
    expect(aborted).toMatchObject({ state: 'live', attempts: 1, error: { code: 'aborted' } })
    expect(aborted.error?.message).toMatch(/The user is still logged in; try again later\.$/)
  })

  test('options of a call that an object inherits have an effect', async () => {
    emulator.answerAlways({ endpoint: 'kick_users', status: 503 })
    const { attempts } = await kickUser(alice(), emulator.management, Object.create({ retries: 0 }))
    expect(attempts).toBe(1)
  })

  test('another attempt has another signature, and succeeds', async () => {
    await emulator.signIn('alice')
    emulator.answerNext({ endpoint: 'kick_users', status: 503 })
    expect(await kickUser(alice(), emulator.management)).toMatchObject({ state: 'verified', attempts: 2 })
  })

  test('a real signature check refuses a wrong secret', async () => {
    const management = { ...emulator.management, accessKeySecret: 'another' }
    const { state, error } = await kickUser(alice(), management, quick)
    expect({ state, code: error?.code }).toEqual({ state: 'live', code: 'client_auth_failed' })
    expect(error?.message).toMatch(/accessKeyId and accessKeySecret/)
  })

  test.each<[string, object, object, string]>([
    ['no user', { userId: '' }, {}, 'userId'],
    ['a user with a line break', { userId: 'alice\n' }, {}, 'userId'],
    ['a user that is not a string', { userId: 7 }, {}, 'userId'],
    ['no application', { appIds: [] }, {}, 'appIds'],
    ['51 applications', { appIds: Array.from({ length: 51 }, () => 'app') }, {}, 'appIds'],
    ['an application that is not a string', { appIds: [{}] }, {}, 'appIds'],
    ['http', {}, { host: 'http://api.genauth.ai' }, 'host'],
    ['a host with a query', {}, { host: 'https://api.genauth.ai/?a=b' }, 'host'],
    ['a host with an empty query', {}, { host: 'https://api.genauth.ai/?' }, 'host'],
    ['no secret', {}, { accessKeySecret: '' }, 'accessKeySecret'],
    ['no key id', {}, { accessKeyId: undefined }, 'accessKeyId'],
    ['another signature', {}, { signature: 'hmac' }, 'signature'],
    ['a transport that sends nothing', {}, { transport: {} }, 'transport'],
    ['a tenant that is not a string', {}, { tenantId: 1 }, 'tenantId'],
  ])('%s is refused before anything is sent', async (_name, user, management, option) => {
    const error: LogoutError = await kickUser(
      { ...alice(), ...user } as never,
      { ...emulator.management, ...management } as GenAuthManagement,
    ).then(
      () => expect.fail('it was not refused'),
      (thrown) => thrown,
    )
    expect(error).toMatchObject({ option })
    expect(asked()).toEqual([])
  })
})

describe('checkSessionStatus()', () => {
  test('reports whether there is a session', async () => {
    const user = { userId: 'bob', appId: emulator.app.appId }
    expect(await checkSessionStatus(user, emulator.management)).toBe(false)
    await emulator.signIn('bob')
    expect(await checkSessionStatus(user, emulator.management)).toBe(true)
  })

  test.each<[string, object]>([
    ['an error that states active as well', { statusCode: 403, message: 'no', active: false, data: { active: false } }],
    ['active outside an envelope', { active: false }],
    ['active that is not a boolean', { statusCode: 200, message: '', data: { active: 'false' } }],
    ['no data', { statusCode: 200, message: '' }],
  ])('%s is not accepted', async (_name, body) => {
    emulator.answerAlways({ endpoint: 'check_session_status', body })
    const question = checkSessionStatus({ userId: 'bob', appId: 'app' }, emulator.management, quick)
    await expect(question).rejects.toMatchObject({ name: 'LogoutError' })
  })
})
