import { beforeEach, expect, test } from 'vitest'
import { RevocationTable, type TokenClaims } from './revocation-table.ts'

const ISS = 'https://id.example.com'
const NOW = 1_795_679_550
const claims = { iss: ISS, jti: 'token-1', sid: 'session-1', sub: 'alice', iat: NOW }

let table: RevocationTable
beforeEach(() => {
  table = new RevocationTable()
  table.add({ iss: ISS, sub: 'alice', at: NOW, until: NOW + 3600 })
})

test('accepts frozen claims, and reads each claim of a proxy once, so that no claim can change in between', () => {
  expect(table.isRevoked(Object.freeze({ ...claims }))).toBe(true)
  expect(table.isRevoked(Object.freeze({ ...claims, sub: 'bob' }))).toBe(false)
  const asked: PropertyKey[] = []
  const changing = new Proxy<TokenClaims>(claims, {
    get(_, name) {
      asked.push(name)
      return asked.filter((other) => other === name).length === 1 ? Reflect.get(claims, name) : 'bob'
    },
  })
  expect(table.isRevoked(changing)).toBe(true)
  expect(asked.sort()).toEqual(['iat', 'iss', 'jti', 'sid', 'sub'])
})

test('makes no statement about unreadable claims, and keeps its entries', () => {
  const { proxy, revoke } = Proxy.revocable({ ...claims }, {})
  revoke()
  expect(() => table.isRevoked(proxy)).toThrow(TypeError)
  expect(table.isRevoked(claims)).toBe(true)
})
