import { describe, expect, test } from 'vitest'
import { isOutage } from './outage.ts'

const coded = (code: string): Error => Object.assign(new Error('No.'), { code })

describe('an error after which the same statement may succeed', () => {
  test.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', '08006', '57P01', '57P03', '57014', '53300', '25006'],
    ...['55P03', '40001', '40P01'],
  ])('has the code %s', (code) => {
    expect(isOutage(coded(code))).toBe(true)
    expect(isOutage(Object.assign(coded('store_unavailable'), { cause: coded(code) }))).toBe(true)
  })

  test.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Client has encountered a connection error and is not queryable',
  ])('has the message %j of pg', (message) => {
    expect(isOutage(new Error(message))).toBe(true)
  })
})

test.each([coded('42P01'), coded('42501'), coded('23505'), coded('53100'), new Error('No.'), 'No.', null, undefined])(
  'no statement is repeated after %s',
  (error) => {
    expect(isOutage(error)).toBe(false)
  },
)
