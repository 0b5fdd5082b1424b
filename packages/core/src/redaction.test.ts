import { inspect } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLogoutError, LogoutError } from './errors.ts'
import { redactCause, redactor } from './redaction.ts'

const SECRET = 'canary-9f86d081884c7d65'

describe('redactor()', () => {
  test('leaves a text without secrets unchanged', () => {
    expect(redactor([SECRET])('the token is not valid')).toBe('the token is not valid')
    expect(redactor([])('anything')).toBe('anything')
    expect(redactor([undefined, ''])('anything')).toBe('anything')
  })

  test('masks every occurrence of every secret', () => {
    const text = `${SECRET} and ${SECRET}${SECRET}, other-secret too`
    const masked = redactor([SECRET, 'other-secret'])(text)
    expect(masked).not.toMatch(/canary|other-secret/)
    expect(masked).toContain(' and ')
  })

  test('masks the beginning, the middle and the end of a secret, from 12 characters on', () => {
    for (const part of [SECRET.slice(0, 12), SECRET.slice(5, 18), SECRET.slice(-12)]) {
      expect(redactor([SECRET])(`<${part}>`)).toBe('<[masked]>')
    }
    expect(redactor([SECRET])(`<${SECRET.slice(0, 11)}>`)).toBe(`<${SECRET.slice(0, 11)}>`)
  })

  const odd = 'a b+c/d="é\\n\n"&%41 long enough'
  test.each([
    ['as it is', odd],
    ['percent-encoded', encodeURIComponent(odd)],
    ['form-encoded', new URLSearchParams({ '': odd }).toString().slice(1)],
    ['percent-encoded in lower case', encodeURIComponent(odd).replace(/%../g, (code) => code.toLowerCase())],
    ['as JSON', JSON.stringify(odd).slice(1, -1)],
  ])('masks a secret that is repeated %s', (_what, text) => {
    const masked = redactor([odd])(`<${text}>`)
    expect(masked).toMatch(/^<.{0,11}\[masked\].{0,11}>$/)
    for (let at = 0; at + 12 <= text.length; at++) expect(masked).not.toContain(text.slice(at, at + 12))
  })

  test.each(['', 'a', 'ab', 'abc', 'token=', '{"token":"', 'Basic '])(
    'masks a secret within base64, also after %j',
    (before) => {
      for (const encoding of ['base64', 'base64url'] as const) {
        for (const secret of [SECRET, odd, encodeURIComponent(odd), 'hunter2']) {
          const text = Buffer.from(`${before}${secret} and more`).toString(encoding)
          expect(redactor([SECRET, odd, 'hunter2'])(`<${text}>`)).toBe('[masked]')
        }
      }
    },
  )

  // The time to mask a secret once grew with the square of the longest word beside it: 80 ms each.
  test('masks a secret beside a word of thousands of characters in little time', () => {
    const redact = redactor([SECRET])
    const before = process.cpuUsage()
    for (let time = 0; time < 100; time++) {
      expect(redact(`${'a'.repeat(3_900)} <${SECRET}>`, 1_000)).toMatch(/^a{1000}…$/)
    }
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(3)
  })

  test('leaves no base64 of a secret if another secret looks like a part of it', () => {
    const text = Buffer.from(`{"token":"${SECRET}"}`).toString('base64')
    for (let from = 0; from + 12 < text.length; from++) {
      const masked = redactor([SECRET, text.slice(from, from + 16)])(`<${text}>`)
      expect(masked).toMatch(/^<?.{0,7}\[masked\].{0,9}>?$/)
    }
  })

  test('leaves request ids and other base64 unchanged', () => {
    const id = '0b9f1c0e-7d1a-4a51-9a3e-5f0c2b1d4e6f'
    const other = Buffer.from('nothing to see here, move along').toString('base64')
    expect(redactor([SECRET, odd])(`${id} ${other}`)).toBe(`${id} ${other}`)
  })

  test('masks both of two parts of a secret that have the same hash', () => {
    // With 33 as the base, 'a~' and 'b]' weigh the same.
    const [one, other] = ['a~0123456789', 'b]0123456789']
    for (const secret of [`${one}${other}`, `${other}${one}`]) {
      expect(redactor([secret])(`<${one}> <${other}>`)).toBe('<[masked]> <[masked]>')
    }
    expect(redactor([one])(`<${other}>`)).toBe(`<${other}>`)
  })

  test('masks short secrets as a whole', () => {
    expect(redactor(['hunter2'])('the password hunter2 is wrong')).toBe('the password [masked] is wrong')
  })

  test('leaves a text unchanged that has fewer than four characters in common with all secrets', () => {
    const text = 'the client is not accepted'
    for (const secret of ['a', 'e', 'the', 'not']) expect(redactor([secret])(text)).toBe(text)
    expect(redactor(['t', 'cept', 'is'])(text)).toBe('the client is not ac[masked]ed')
  })

  test('truncates a text only after it is masked', () => {
    expect(redactor([])('x'.repeat(20), 10)).toBe(`${'x'.repeat(10)}…`)
    expect(redactor([SECRET])(`123456${SECRET}`, 14)).toBe('123456[masked]')
    expect(redactor([])('x'.repeat(10_000))).toHaveLength(301)
  })

  test('reveals no 12 consecutive characters of any secret, wherever and however often they occur', () => {
    const secret = fc.oneof(
      fc.string({ minLength: 1, maxLength: 60 }),
      fc.string({ minLength: 12, maxLength: 60, unit: fc.constantFrom('a', 'b', '-') }),
      fc.base64String({ minLength: 12, maxLength: 200 }),
    )
    const given = fc
      .tuple(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()))
      .chain(([secrets]) => {
        const part = fc
          .tuple(fc.constantFrom(...secrets), fc.nat(200), fc.nat(200))
          .map(([one, from, length]) => one.slice(from % one.length, (from % one.length) + length))
        const text = fc
          .array(fc.oneof(part, fc.string({ maxLength: 20 })), { maxLength: 12 })
          .map((all) => all.join(''))
        return fc.tuple(fc.constant(secrets), text)
      })
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 400 }), ([secrets, text], maxLength) => {
        const masked = redactor(secrets)(text, maxLength)
        expect(masked.length).toBeLessThanOrEqual(maxLength + 1)
        for (const one of secrets) {
          for (let at = 0; at + 12 <= one.length; at++) expect(masked).not.toContain(one.slice(at, at + 12))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('redactCause()', () => {
  const redact = redactor([SECRET])

  test('keeps name, code and message, and drops the rest', () => {
    const error = Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET', request: { body: SECRET } })
    const clean = redactCause(error, redact)
    expect(clean).toBeInstanceOf(Error)
    expect(clean).toMatchObject({ name: 'TypeError', message: 'fetch failed', code: 'ECONNRESET' })
    expect(clean?.stack).toBeUndefined()
    expect(inspect(clean, { showHidden: true })).not.toContain('canary')
  })

  test('masks secrets in name, code and message, down the chain of causes', () => {
    const deepest = Object.assign(new Error(`could not send ${SECRET}`), { code: SECRET })
    const error = new Error(`outer ${SECRET}`, { cause: new Error(`middle ${SECRET}`, { cause: deepest }) })
    error.name = SECRET
    const clean = redactCause(error, redact)
    const shown = inspect(clean, { showHidden: true, depth: 10 })
    expect(shown).not.toContain('canary')
    expect(clean).toMatchObject({ cause: { cause: { message: 'could not send [masked]', code: '[masked]' } } })
  })

  test('keeps the fields of a LogoutError, and masks its texts and those of its causes', () => {
    const cause = new LogoutError('network', `no way to ${SECRET}`, { cause: new Error(SECRET) })
    const error = new LogoutError('rejected', `refused ${SECRET}\r\nall is well`, {
      ...{
        status: 400,
        providerError: SECRET,
        providerErrorDescription: `not ${SECRET}`,
        requestId: SECRET,
        attempts: 2,
      },
      cause,
    })
    const clean = redactCause(error, redact)
    expect(isLogoutError(clean) && clean.toJSON()).toEqual({
      ...{ name: 'LogoutError', code: 'rejected', concerns: 'token', retryable: false, tokenMayBeLive: true },
      ...{ message: 'refused [masked]\\r\\nall is well', status: 400, attempts: 2 },
      ...{ providerError: '[masked]', providerErrorDescription: 'not [masked]', requestId: '[masked]' },
      cause: expect.objectContaining({
        code: 'network',
        message: 'no way to [masked]',
        cause: { message: '[masked]' },
      }),
    })
    expect(inspect(clean, { showHidden: true, depth: 10 })).not.toContain('canary')
  })

  test('ends if causes do not', () => {
    const circular = new Error('one')
    circular.cause = circular
    const clean = redactCause(circular, redact)
    expect(clean).toMatchObject({ message: 'one', cause: { cause: { message: 'one' } } })
    expect((clean as { cause: { cause: Error } }).cause.cause).not.toHaveProperty('cause')
  })

  test.each([
    ['a text', `no ${SECRET}`, 'no [masked]'],
    ['a number', 7, '7'],
    ['an object without a message', {}, 'unknown error'],
    ['an object whose message is not a string', { message: 7, name: 8, code: 9 }, '7'],
    ['an error of another realm', runInContext('new RangeError("far")', createContext()), 'far'],
    ['an aggregate', new AggregateError([new Error(SECRET)], 'all failed'), 'all failed'],
  ])('creates an error from %s', (_what, thrown, message) => {
    const clean = redactCause(thrown, redact)
    expect(clean?.message).toBe(message)
    expect(inspect(clean, { showHidden: true })).not.toContain('canary')
  })

  test.each([[undefined], [null]])('ignores %s', (nothing) => {
    expect(redactCause(nothing, redact)).toBeUndefined()
  })

  test('accepts any thrown value', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }), (thrown) => {
        const clean = redactCause(thrown, redact)
        expect(clean === undefined || clean instanceof Error).toBe(true)
      }),
    )
    for (const thrown of [Symbol('x'), () => {}, { message: Symbol('x') }, { message: Object.create(null) }]) {
      expect(redactCause(thrown, redact)).toBeInstanceOf(Error)
    }
  })
})
