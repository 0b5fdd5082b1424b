import { expect, test } from 'vitest'
import { refuseBrokenText } from './argument-text.ts'

test('an argument of lost bytes is refused by its position, and not repeated', () => {
  expect(() => refuseBrokenText(['revoke-user', '--sub', 's3cret\ufffd\ufffd'])).toThrow(
    /^Argument 3 is not UTF-8 text/,
  )
  expect(() => refuseBrokenText(['revoke-user', '--sub=\ufffd'])).toThrow('Argument 2')
})

test('text of any language is accepted', () => {
  expect(() => refuseBrokenText(['revoke-user', '--sub', '张三', 'Zoë', '😀', ''])).not.toThrow()
})
