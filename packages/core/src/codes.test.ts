import { describe, expect, test } from 'vitest'
import { ERROR_MEANING, type LogoutErrorCode } from './codes.ts'
import { LogoutError } from './errors.ts'

const codes = Object.keys(ERROR_MEANING) as LogoutErrorCode[]

describe('ERROR_MEANING', () => {
  test.each(codes)('%s: an error matches its row in the table', (code) => {
    const { retryable, concerns } = ERROR_MEANING[code]
    expect(new LogoutError(code, 'It failed.')).toMatchObject({ code, retryable, concerns, tokenMayBeLive: true })
  })

  test.each(codes)('%s: a temporary failure is retryable, a failure that needs a person is not', (code) => {
    const { retryable, concerns } = ERROR_MEANING[code]
    expect(retryable).toBe(concerns === 'provider')
  })

  test.each(codes)('%s: advice is a sentence', (code) => {
    expect(ERROR_MEANING[code].advice).toMatch(/^[A-Z].*\.$/)
  })

  test('only a code that the provider returned means that a token cannot be revoked', () => {
    const unsupported = codes.filter((code) => ERROR_MEANING[code].token === 'unsupported')
    expect(unsupported).toEqual(['unsupported_token_type'])
  })
})
