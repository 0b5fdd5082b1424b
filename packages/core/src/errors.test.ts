import { inspect } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { isLogoutError, LogoutError } from './errors.ts'

describe('a LogoutError', () => {
  test('is an Error with a code, and defaults to the worst case', () => {
    const error = new LogoutError('rejected', 'No.')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'LogoutError', message: 'No.', code: 'rejected' })
    expect(error).toMatchObject({ concerns: 'token', retryable: false, tokenMayBeLive: true })
    expect(String(error)).toBe('LogoutError: No.')
    expect(error.stack).toMatch(/errors\.test\.ts/)
  })

  test('has only the known details', () => {
    const details = { status: 429, retryAfterMs: 1000, apiCode: undefined, cause: undefined }
    const error = new LogoutError('rate_limited', 'Slow down.', details)
    expect(error).toMatchObject({ status: 429, retryAfterMs: 1000, retryable: true, tokenMayBeLive: true })
    expect(Object.keys(error).sort()).toEqual([
      'code',
      'concerns',
      'retryAfterMs',
      'retryable',
      'status',
      'tokenMayBeLive',
    ])
    expect('cause' in error).toBe(false)
  })

  test('shows its details when it is inspected', () => {
    const shown = inspect(new LogoutError('rejected', 'No.', { status: 400, requestId: 'id-1' }))
    for (const part of ['LogoutError: No.', "code: 'rejected'", 'status: 400', "requestId: 'id-1'"]) {
      expect(shown).toContain(part)
    }
  })

  test('becomes plain data without its stack or those of its causes', () => {
    const deepest = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    const earlier = new LogoutError('network', 'Failed.', { attempts: 1, cause: deepest })
    const error = new LogoutError('timeout', 'Too late.', { attempts: 2, cause: earlier })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'LogoutError',
      message: 'Too late.',
      code: 'timeout',
      concerns: 'provider',
      retryable: true,
      tokenMayBeLive: true,
      attempts: 2,
      cause: {
        name: 'LogoutError',
        message: 'Failed.',
        code: 'network',
        concerns: 'provider',
        retryable: true,
        tokenMayBeLive: true,
        attempts: 1,
        cause: { message: 'reset', code: 'ECONNRESET' },
      },
    })
  })

  test('omits a cause that is not an error', () => {
    expect(new LogoutError('rejected', 'No.', { cause: 'something' }).toJSON()).not.toHaveProperty('cause')
  })
})

describe('isLogoutError()', () => {
  test('recognizes errors of this copy of the package', () => {
    expect(isLogoutError(new LogoutError('rejected', 'No.'))).toBe(true)
    expect(isLogoutError(new (class Own extends LogoutError {})('rejected', 'No.'))).toBe(true)
  })

  test('recognizes errors of another realm, where instanceof does not', () => {
    // The same as in the class's module, in a realm with its own Error and Symbol.
    const far: unknown = runInContext(
      `class LogoutError extends Error {
        constructor(code, message) {
          super(message)
          this.code = code
        }
      }
      Object.defineProperty(LogoutError.prototype, Symbol.for('backend-logout.LogoutError'), { value: true })
      new LogoutError('rejected', 'No.')`,
      createContext(),
    )
    expect(far).not.toBeInstanceOf(Error)
    expect(isLogoutError(far)).toBe(true)
  })

  test('is recognized by another copy of the package', async () => {
    const copy: typeof import('./errors.ts') = await import(`./errors.ts?${'copy'}`)
    expect(copy.LogoutError).not.toBe(LogoutError)
    expect(copy.isLogoutError(new LogoutError('rejected', 'No.'))).toBe(true)
    expect(isLogoutError(new copy.LogoutError('rejected', 'No.'))).toBe(true)
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'LogoutError'],
    ['a function', () => {}],
    ['another error', new TypeError('No.')],
    ['an object with its fields', { name: 'LogoutError', code: 'rejected', message: 'No.' }],
    ['an object that only claims to be one', { [Symbol.for('backend-logout.LogoutError')]: 'yes' }],
  ])('does not recognize %s', (_what, value) => {
    expect(isLogoutError(value)).toBe(false)
  })
})
