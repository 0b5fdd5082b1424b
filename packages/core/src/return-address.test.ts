import { describe, expect, test } from 'vitest'
import { returnAddress } from './return-address.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

describe('returnAddress()', () => {
  test.each(['https://app.example.com/out?x=1#there', 'http://localhost:3000', 'com.example.app:/out'])(
    'leaves %s unchanged',
    (value) => {
      expect(returnAddress(value, 'redirectUri')).toBe(value)
    },
  )

  test.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:x',
    'file:///x',
    '',
  ])('refuses %j', async (value) => {
    const error = await logoutErrorOf(() => returnAddress(value, 'redirectUri', 'invalid_argument'))
    expect(error.code).toBe('invalid_argument')
  })
})
