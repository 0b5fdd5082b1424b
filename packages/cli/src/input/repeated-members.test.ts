import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repeatsAnyMember, repeatsMember } from './repeated-members.ts'

test.each([
  ['{"token":"a","token":"b"}', 'token'],
  ['{"token":"a" , "x":[{"token":1}] , "token" :"b"}', 'token'],
  ['{"token":"a","\\u0074oken":"b"}', 'token'],
  ['{"session":{"token":"a"},"session":{"id":1}}', 'session.token'],
  ['{"session":{"token":"a","token":"b"}}', 'session.token'],
  ['{"session.token":"a","session.token":"b"}', 'session.token'],
  ['{"list":[{"token":"x"},{"token":"a","token":"b"}]}', 'list.1.token'],
  ['{"a\\"b":"a","a\\"b":"b"}', 'a"b'],
])('%s has two members on the way to %s', (json, path) => {
  expect(repeatsMember(json, ['other', path])).toBe(true)
})

test.each([
  ['{"token":"a","kind":"token"}', 'token'],
  ['{"token":"a","old":{"token":"b"}}', 'token'],
  ['{"token":"a","text":"{\\"token\\":1,\\"token\\":2}"}', 'token'],
  ['{"token":"a","id":1,"id":2,"other":{"x":1,"x":2}}', 'token'],
  ['{"session":{"token":"a"},"old":{"token":"b","token":"c"}}', 'session.token'],
  ['["token","token"]', 'token'],
  ['"token"', 'token'],
])('%s has one member on the way to %s', (json, path) => {
  expect(repeatsMember(json, [path])).toBe(false)
})

test('objects that JSON.stringify has written repeat no name', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('a', 'token', '__proto__', 'a.b'), (value, path) => {
      const json = JSON.stringify({ [path]: value, token: value })
      expect(repeatsMember(json, [path])).toBe(false)
      expect(repeatsAnyMember(json, 9)).toBe(false)
    }),
  )
})

test('any repeated name is found down to a depth', () => {
  expect(repeatsAnyMember('{"app":{"secret":"a"},"app":{"secret":"b"}}', 2)).toBe(true)
  expect(repeatsAnyMember('{"app":{"secret":"a","secret":"b"}}', 2)).toBe(true)
  expect(repeatsAnyMember('{"app":{"secret":"a"},"web":{"secret":"b"}}', 2)).toBe(false)
  expect(repeatsAnyMember('{"app":{"deep":{"secret":"a","secret":"b"}}}', 2)).toBe(false)
})

test.each([
  ['depth', `{"token":"\\n","a":${'['.repeat(60_000)}${']'.repeat(60_000)}}`],
  ['names', `{"token":"\\n"${',"a":1'.repeat(60_000)}}`],
  ['escapes', `{"token":"\\n","a":"${'\\"'.repeat(60_000)}"}`],
])('the time for many %s is linear', (_of, json) => {
  const start = performance.now()
  expect(repeatsMember(json, ['token', 'session.token'])).toBe(false)
  expect(performance.now() - start).toBeLessThan(500)
})
