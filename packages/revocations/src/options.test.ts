import { describe, expect, test } from 'vitest'
import { followRevocations } from './follow.ts'
import type { FollowOptions } from './options.ts'
import { follow, ISS, page, revoked, scripted, token } from './testing/scripted-source.ts'

describe('options of a list', () => {
  const source = scripted()
  test.each([
    ['source', undefined],
    ['source', { source: {} }],
    ['source', { source: 'https://feed.example.com' }],
    ['maxStalenessMs', { source, maxStalenessMs: 999 }],
    ['maxStalenessMs', { source, maxStalenessMs: Number.NaN }],
    ['maxStalenessMs', { source, maxStalenessMs: Number.POSITIVE_INFINITY }],
    ['maxEntries', { source, maxEntries: 0 }],
    ['onEvent', { source, onEvent: 'x' }],
    ['issuerAliases', { source, issuerAliases: { a: 7 } }],
    ['issuerAliases', { source, issuerAliases: { a: 'b', b: 'c' } }],
    ['issuerAliases', { source, issuerAliases: { a: 'a' } }],
    ['issuerAliases', { source, issuerAliases: ['a', 'b'] }],
    ['issuerAliases', { source, issuerAliases: new Map([['a', 'b']]) }],
    ['issuerAliases', { source, issuerAliases: 'a' }],
    ['issuerAliases', { source, issuerAliases: null }],
  ])('are refused with a message about %s', (name, options) => {
    expect(() => followRevocations(options as FollowOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(name) }),
    )
  })

  test('allow issuers to have other names', async () => {
    const list = follow({ source: scripted(page([revoked('1')])), issuerAliases: { 'id.example.com': ISS } })
    await list.ready
    expect(list.check({ ...token('1'), iss: 'id.example.com' })).toBe('revoked')
  })
})
