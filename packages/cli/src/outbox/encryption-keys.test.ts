import { expect, test } from 'vitest'
import { parseEncryptionKeys } from './encryption-keys.ts'

const key = 'Jx0hZkq3V9yWm5oB8rTcU2eLfNpSdGaXiQvKzHwMnYs'
const other = `A${key.slice(1)}`

test('keys are on separate lines or between commas; a name may contain colons', () => {
  expect(parseEncryptionKeys(`\n2027-01:${key}\r\nteam:a:${other}=\n`, 'x')).toEqual([
    { kid: '2027-01', key },
    { kid: 'team:a', key: `${other}=` },
  ])
  expect(parseEncryptionKeys(`a:${key},b:${other}`, 'x')).toHaveLength(2)
})

test.each([
  [key, 'Key 1 in OUTBOX_KEYS must be NAME:KEY'],
  [`:${key}`, 'Key 1 in OUTBOX_KEYS must be NAME:KEY'],
  [`a:${key} ${key}:b`, 'Key 2 in OUTBOX_KEYS must have 32 bytes'],
  [`a:${key.slice(1)}`, 'Key 1 in OUTBOX_KEYS must have 32 bytes'],
  [`a:${key} a:${other}`, 'Key 2 in OUTBOX_KEYS has the name of an earlier one'],
])('%s is refused, and the message does not repeat it', (text, message) => {
  const parse = () => parseEncryptionKeys(text, 'OUTBOX_KEYS')
  expect(parse).toThrow(message)
  expect(parse).not.toThrow(key.slice(5, 15))
})
