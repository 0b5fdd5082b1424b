import { describe, expect, test } from 'vitest'
import { resolveLimits } from './call-options.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

describe('resolveLimits()', () => {
  const defaults = { timeoutMs: 1, deadlineMs: 2, retries: 3 }

  test('uses the given values, and the defaults for the rest', () => {
    expect(resolveLimits({}, defaults)).toEqual(defaults)
    expect(resolveLimits({ deadlineMs: undefined, retries: 0 }, defaults)).toEqual({ ...defaults, retries: 0 })
    expect(resolveLimits({ timeoutMs: 1.5, deadlineMs: 86_400_000 }, defaults)).toMatchObject({ timeoutMs: 1.5 })
  })

  const values = [0, -1, 0.5, 86_400_001, Number.NaN, Number.POSITIVE_INFINITY, '5', null, [5], 5n, Symbol('5'), {}]
  test.each(values.flatMap((value) => ['timeoutMs', 'deadlineMs'].map((name) => [name, value] as const)))(
    'refuses %s: %o',
    async (name, value) => {
      const error = await logoutErrorOf(() => resolveLimits({ [name]: value }, defaults))
      expect(error.code).toBe('invalid_argument')
      expect(error.message).toMatch(name)
    },
  )

  test.each([-1, 101, 0.5, Number.NaN, '2', null, [2], 2n, Symbol('2'), {}])('refuses retries: %o', async (retries) => {
    const error = await logoutErrorOf(() => resolveLimits({ retries } as never, defaults, 'invalid_options'))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/retries/)
  })
})
