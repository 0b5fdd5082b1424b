import { LogoutError, type LogoutErrorCode, type LogoutErrorDetails, type Revocation } from '@backend-logout/core'
import { describe, expect, test } from 'vitest'
import { healthOf, outcomeOf, readHistory, readReason } from './outcome.ts'
import type { EntryAbout } from './tokens.ts'

const refresh = { tokenType: 'refresh_token', fingerprint: 'sha256:aa', expiresAt: 2000 } as const
const access = { tokenType: 'access_token', fingerprint: 'sha256:bb', expiresAt: 1000 } as const
const session: EntryAbout = { addedAt: 0, tokens: [refresh, access] }
const fresh = { attempts: 0, refusals: 0 }

const revoked: Revocation = { state: 'accepted', revoked: true, attempts: 1, durationMs: 1 }
const failed = (code: LogoutErrorCode, details: LogoutErrorDetails = {}): Revocation => ({
  state: 'live',
  revoked: false,
  attempts: 1,
  durationMs: 1,
  error: new LogoutError(code, 'It failed.', details),
})
const outcome = (revocations: Revocation[], before = fresh, now = 0) =>
  outcomeOf(session, revocations, before, 3, (time) => now > time)

describe('outcomeOf()', () => {
  test('is done when every token is revoked', () => {
    expect(outcome([revoked, revoked])).toEqual({ kind: 'revoked', history: { attempts: 1, refusals: 0 } })
  })

  test('keeps only tokens for the next attempt that are not revoked', () => {
    expect(outcome([revoked, failed('provider_unavailable', { status: 503 })])).toEqual({
      kind: 'retry',
      left: [access],
      history: { attempts: 1, refusals: 0 },
      reason: { code: 'provider_unavailable', status: 503 },
    })
    expect(outcome([failed('timeout'), revoked])).toMatchObject({ kind: 'retry', left: [refresh] })
  })

  test.each([['network'], ['timeout'], ['rate_limited'], ['provider_unavailable'], ['aborted']] as const)(
    'retries after %s, without a limit',
    (code) => {
      expect(outcome([failed(code), revoked], { attempts: 5000, refusals: 2 })).toMatchObject({ kind: 'retry' })
    },
  )

  test.each([
    ['client_auth_failed', 401],
    ['endpoint_missing', 404],
    ['invalid_options', undefined],
    ['redirect_refused', 302],
    ['unexpected_response', 200],
    ['discovery_failed', undefined],
    ['invalid_options', undefined],
    ['rejected', 403],
  ] as const)('gives up on %s (%s) at the third refusal', (code, status) => {
    const answer = [failed(code, { status }), revoked]
    expect(outcome(answer)).toMatchObject({ kind: 'retry', history: { refusals: 1 } })
    expect(outcome(answer, { attempts: 1, refusals: 1 })).toMatchObject({ kind: 'retry', history: { refusals: 2 } })
    expect(outcome(answer, { attempts: 2, refusals: 2 })).toMatchObject({ kind: 'dead', history: { refusals: 3 } })
  })

  test.each([
    ['unsupported_token_type', 400],
    ['rejected', 400],
    ['rejected', 200],
    ['invalid_argument', undefined],
  ] as const)('gives up on %s (%s) immediately', (code, status) => {
    expect(outcome([revoked, failed(code, { status })])).toMatchObject({ kind: 'dead', left: [access] })
  })

  test('does not give up on a session while one of its tokens may still be revoked', () => {
    const answers = [failed('timeout'), failed('unsupported_token_type', { status: 400 })]
    expect(outcome(answers)).toMatchObject({ kind: 'retry', left: [refresh, access], reason: { code: 'timeout' } })
  })

  test('drops an expired token, and is done when all remaining tokens have expired', () => {
    expect(outcome([failed('timeout'), failed('timeout')], fresh, 1500)).toMatchObject({
      kind: 'retry',
      left: [refresh],
    })
    expect(outcome([failed('timeout'), failed('timeout')], fresh, 2500)).toMatchObject({ kind: 'expired' })
    expect(outcome([revoked, failed('rejected', { status: 400 })], fresh, 1500)).toMatchObject({ kind: 'expired' })
  })

  test('retries without a limit after a discovery that may succeed later', () => {
    const answer = [failed('discovery_failed', { retryable: true }), revoked]
    expect(outcome(answer, { attempts: 5000, refusals: 2 })).toMatchObject({ kind: 'retry' })
  })

  test('keeps the code of a provider as the reason, but no text', () => {
    const reason = (providerError: string) =>
      outcome([revoked, failed('rejected', { status: 400, providerError, providerErrorDescription: 'Alice is gone.' })])
    expect(reason('invalid_grant')).toHaveProperty('reason', {
      code: 'rejected',
      status: 400,
      providerError: 'invalid_grant',
    })
    expect(reason('Alice is gone.')).toHaveProperty('reason', { code: 'rejected', status: 400 })
  })
})

describe('healthOf()', () => {
  test('is well if any token was revoked, or refused because of the token', () => {
    expect(healthOf([revoked, failed('timeout')])).toEqual({ kind: 'answers' })
    expect(healthOf([failed('rejected', { status: 400 })])).toEqual({ kind: 'answers' })
  })

  test('is throttled regardless of other outcomes', () => {
    expect(healthOf([revoked, failed('rate_limited', { status: 429, retryAfterMs: 3000 })])).toEqual({
      kind: 'throttled',
      code: 'rate_limited',
      retryAfterMs: 3000,
    })
    expect(healthOf([failed('provider_unavailable', { status: 503, retryAfterMs: 9000 })])).toMatchObject({
      kind: 'throttled',
      retryAfterMs: 9000,
    })
  })

  test('does not take a refused credential for throttling', () => {
    expect(healthOf([failed('client_auth_failed', { status: 401, retryAfterMs: 9000 })])).toEqual({
      kind: 'refused',
      code: 'client_auth_failed',
    })
  })

  test('distinguishes a provider that is down from one that refuses everyone', () => {
    expect(healthOf([failed('network')])).toEqual({ kind: 'down', code: 'network' })
    expect(healthOf([failed('client_auth_failed', { status: 401 })])).toEqual({
      kind: 'refused',
      code: 'client_auth_failed',
    })
  })

  test('ignores requests that were given up here', () => {
    expect(healthOf([failed('aborted')])).toEqual({ kind: 'unknown' })
    expect(healthOf([failed('invalid_argument')])).toEqual({ kind: 'unknown' })
  })
})

describe('the stored record of earlier attempts', () => {
  test.each([
    undefined,
    null,
    'text',
    7,
    [],
    [1, 2],
    {},
    { attempts: '3', refusals: null },
    { attempts: -1, refusals: 1.5 },
    { attempts: 1e300, refusals: { valueOf: 3 } },
    JSON.parse('{"__proto__":{"attempts":3,"refusals":3}}'),
  ])('counts as empty if it is %j', (stored) => {
    expect(readHistory(stored)).toEqual({ attempts: 0, refusals: 0 })
  })

  test('is read as it was written', () => {
    expect(readHistory({ attempts: 3, refusals: 1, code: 'network' })).toEqual({ attempts: 3, refusals: 1 })
  })
})

describe('a stored reason', () => {
  test.each([
    undefined,
    null,
    'network',
    { code: null },
    { code: '\u001b[2Jrevoked' },
    { code: 'x'.repeat(51) },
    { code: ['network'] },
    { code: 'a b' },
    { code: '' },
  ])('is unreadable if it is %j', (stored) => {
    expect(readReason(stored)).toEqual({ code: 'undecryptable' })
  })

  test.each([
    [{ status: 'a' }, {}],
    [{ status: 1e9 }, {}],
    [{ status: 400.5 }, {}],
    [{ status: 503 }, { status: 503 }],
    [{ providerError: '\u202egnp.exe' }, {}],
    [{ providerError: { toString: 1 } }, {}],
    [{ providerError: 'invalid_grant' }, { providerError: 'invalid_grant' }],
    [{ retries: 5, toJSON: 1 }, {}],
  ])('keeps of %j only %j', (stored, kept) => {
    expect(readReason({ code: 'rejected', ...stored })).toEqual({ code: 'rejected', ...kept })
  })
})
