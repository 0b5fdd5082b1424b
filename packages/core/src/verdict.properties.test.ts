import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { judgeIntrospection, judgeMetadata, judgeRevocation } from './verdict.ts'

const NOW = Date.UTC(2026, 0, 1)

describe('any response', () => {
  const codes = new Set([
    'client_auth_failed',
    'unsupported_token_type',
    'rejected',
    'rate_limited',
    'provider_unavailable',
    'unexpected_response',
    'redirect_refused',
    'endpoint_missing',
  ])
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((text) => text.slice(0, text.length / 2)),
    fc.dictionary(
      fc.constantFrom('error', 'statusCode', 'code', 'data', 'success', 'apiCode', 'active', 'issuer'),
      fc.jsonValue(),
    ),
    fc.dictionary(
      fc.constantFrom('error', 'statusCode', 'code'),
      fc.constantFrom('400', 429, 'invalid_client', {}, null),
    ),
  )
  const name = fc.constantFrom('content-type', 'www-authenticate', 'retry-after', 'x-request-id')
  const value = fc.string({ unit: fc.constantFrom(...'error="\\,; =:0123456789GMTtext/htmljson') })
  const given = fc.record({
    status: fc.oneof(fc.constantFrom(200, 204, 400, 401), fc.integer({ min: 0, max: 1000 })),
    body,
    headers: fc.dictionary(name, value),
    truncated: fc.boolean(),
    redirected: fc.boolean(),
  })

  test('gets exactly one verdict, always the same, and success only with a 2xx that was not redirected', () => {
    fc.assert(
      fc.property(given, ({ status, body: content, ...rest }) => {
        for (const judge of [judgeRevocation, judgeIntrospection, judgeMetadata]) {
          const verdict = judge(answer(status, content, rest), NOW)
          expect(judge(answer(status, content, rest), NOW)).toEqual(verdict)
          if (verdict.ok) {
            expect(status >= 200 && status < 300 && !rest.redirected).toBe(true)
          } else {
            expect(codes).toContain(verdict.code)
            expect(verdict.status).toBe(status)
            for (const text of [verdict.providerError, verdict.providerErrorDescription, verdict.requestId]) {
              expect(text === undefined || (typeof text === 'string' && text !== '')).toBe(true)
            }
            expect(verdict.retryAfterMs === undefined || verdict.retryAfterMs >= 0).toBe(true)
            expect(verdict.apiCode === undefined || Number.isFinite(verdict.apiCode)).toBe(true)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
