import { describe, expect, test } from 'vitest'
import { createPastJudge, jwtExpiry } from './expiry.ts'

const MINUTE = 60_000
const DAY = 86_400_000

describe('createPastJudge()', () => {
  const clocks = { wall: 1000 * DAY, even: 5000 }
  const isPast = createPastJudge(
    () => clocks.wall,
    () => clocks.even,
  )
  const at = (wall: number, even: number): void => void Object.assign(clocks, { wall, even })
  const expiry = 1000 * DAY + 10 * MINUTE
  const database = new Date(1000 * DAY + 20 * MINUTE)

  test('considers a time past when every clock does, and one minute later', () => {
    at(1000 * DAY + 20 * MINUTE, 5000 + 20 * MINUTE)
    expect(isPast(expiry, database)).toBe(true)
    expect(isPast(1000 * DAY + 19.5 * MINUTE, database)).toBe(false)
  })

  test('does not rely on this machine alone, whose clock may have jumped', () => {
    at(1400 * DAY, 5000 + MINUTE)
    expect(isPast(expiry, new Date(1400 * DAY))).toBe(false)
  })

  test('does not rely on the database alone', () => {
    at(1000 * DAY + MINUTE, 5000 + MINUTE)
    expect(isPast(expiry, new Date(1400 * DAY))).toBe(false)
  })

  test('does not rely on a clock that was set back', () => {
    at(900 * DAY, 5000 + 20 * MINUTE)
    expect(isPast(expiry, database)).toBe(false)
  })
})

describe('jwtExpiry()', () => {
  const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

  test('reads the time from a JWT', () => {
    expect(jwtExpiry(jwt({ exp: 1_700_000_000 }))).toBe(1_700_000_000_000)
  })

  test.each([
    ['an opaque token', 'c29tZXRoaW5n'],
    ['an opaque token with dots', 'some.thing.else'],
    ['a JWE, which has five parts', `${jwt({ exp: 1 })}.x.y`],
    ['a JWT without a time', jwt({})],
    ['a JWT that never expires, as some write it', jwt({ exp: 0 })],
    ['a JWT with a strange time', jwt({ exp: 'soon' })],
    ['a JWT that is not an object', jwt(null)],
  ])('returns undefined for %s', (_, token) => {
    expect(jwtExpiry(token)).toBeUndefined()
  })
})
