import { expect, test } from 'vitest'
import { challengeParameter } from './challenge.ts'

test.each([
  ['in a quoted string', 'Basic realm="x", error="invalid_client"', 'invalid_client'],
  ['bare', 'Bearer error=invalid_client, error_description=please', 'invalid_client'],
  ['alone', 'error="invalid_client"', 'invalid_client'],
  ['in another case', 'Bearer ERROR="invalid_client"', 'invalid_client'],
  ['with white space around the equals sign', 'Bearer error = "invalid_client"', 'invalid_client'],
  ['with escaped quotes', String.raw`Bearer error="say \"please\""`, 'say "please"'],
  ['of the first challenge that has it', 'Basic realm="a", Bearer error="b", DPoP error="c"', 'b'],
  ['after a quoted string with a comma', 'Bearer realm="a, b", error="c"', 'c'],
  ['after a quoted string that ends in a backslash', String.raw`Bearer realm="a\\", error="c"`, 'c'],
])('challengeParameter() finds a value %s', (_what, challenge, value) => {
  expect(challengeParameter(challenge, 'error')).toBe(value)
})

test.each([
  ['another name', 'Bearer my_error="x", error_uri="x", x.error=x'],
  ['a quoted string', 'Bearer realm="a, error=invalid_client b"'],
  ['a quoted string with escaped quotes', String.raw`Bearer realm="a\", error=\"invalid_client\" "`],
  ['a quoted string without a name', 'Bearer "a, error=invalid_client"'],
  ['a quoted string without an end', 'Bearer realm="a, error=invalid_client'],
  ['nothing', ''],
])('challengeParameter() finds nothing inside %s', (_what, challenge) => {
  expect(challengeParameter(challenge, 'error')).toBeUndefined()
})

test('challengeParameter() prefers the parameter to text inside an earlier quoted string', () => {
  const challenge = 'Bearer realm="a, error=invalid_client b", error="insufficient_scope"'
  expect(challengeParameter(challenge, 'error')).toBe('insufficient_scope')
})

test.each(['a="', 'error=', 'a=b ', '\\"', 'x   ', '"\\'])(
  'challengeParameter() takes time proportional to the length of the header: %j, repeated',
  (part) => {
    const time = (length: number): number => {
      const challenge = part.repeat(length / part.length)
      // Processor time, because other programs may keep the machine busy.
      const before = process.cpuUsage()
      for (let round = 0; round < 5; round++) challengeParameter(challenge, 'nothing')
      return process.cpuUsage(before).user / 1000
    }
    time(65_536)
    // Sixteen times the length takes sixteen times the time, and some tolerance for a busy machine; not 256 times.
    expect(time(1_048_576)).toBeLessThan(100 * Math.max(1, time(65_536)))
  },
)
