import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isPage } from './page.ts'

const spec = parse(readFileSync(new URL('../../../specs/revocation-feed.openapi.yaml', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(spec, 'spec')
const matchesContract = (page: unknown): boolean =>
  ajv.validate('spec#/components/schemas/RevocationPage', page) as boolean

const entry = { iss: 'https://id.example.com', jti: 'a', until: 1_795_683_149 }
const page = { entries: [entry], cursor: 'abc', as_of: 1_795_679_600.25, more: false }

describe('a page', () => {
  test('accepts the examples of the contract', () => {
    const examples = spec.components.responses.Page.content['application/json'].examples
    for (const { value } of Object.values<{ value: unknown }>(examples)) expect(isPage(value, undefined)).toBe(true)
  })

  const { until: _, ...endless } = entry
  const wrong: [string, unknown][] = [
    ...[null, undefined, 0, '', [], 'page', [page]].map((value): [string, unknown] => ['all', value]),
    ...[undefined, null, {}, 'x', { length: 0 }].map((entries): [string, unknown] => ['entries', { ...page, entries }]),
    ['entries', { ...page, entries: Array(10_001).fill(entry) }],
    ...[undefined, null, 7, '', 'a b', 'a\n', 'ü', 'x'.repeat(8193)].map((cursor): [string, unknown] => [
      'cursor',
      { ...page, cursor },
    ]),
    ...[undefined, null, '1795679600', -1, Number.NaN, 1_795_679_600_000].map((as_of): [string, unknown] => [
      'as_of',
      { ...page, as_of },
    ]),
    ...[undefined, null, 0, 'false'].map((more): [string, unknown] => ['more', { ...page, more }]),
    ...[
      null,
      [],
      'x',
      {},
      endless,
      { ...entry, at: 1 },
      { ...entry, sid: 'b' },
      { ...entry, sub: 'a' },
      { ...entry, jti: undefined },
      { ...entry, client_id: 'c' },
      JSON.parse('{"iss":"x","jti":"a","until":1,"__proto__":{}}'),
      { ...entry, iss: '' },
      { ...entry, iss: 'x'.repeat(2049) },
      { ...entry, jti: 1 },
      { ...entry, jti: 'x'.repeat(1025) },
      { ...entry, until: '1795683149' },
      { ...entry, until: 1.5 },
      { ...entry, until: -1 },
      { ...entry, until: 1_795_683_149_000 },
      { iss: 'x', sid: 'a', until: 1 },
      { iss: 'x', sub: 'a', at: 1.5, until: 1 },
      { iss: 'x', sub: 'a', sid: 'a', at: 1, until: 1 },
      { iss: 'x', until: 1 },
    ].map((bad): [string, unknown] => ['entry', { ...page, entries: [entry, bad] }]),
  ]
  test.each(wrong)('is refused with an invalid %s: %o', (_, value) => {
    expect(isPage(value, undefined)).toBe(false)
  })

  test('that has more must have a new cursor', () => {
    expect(isPage({ ...page, more: true }, 'before')).toBe(true)
    expect(isPage({ ...page, more: true }, 'abc')).toBe(false)
    expect(isPage({ ...page, entries: [], more: true }, 'before')).toBe(false)
    expect(isPage({ ...page, entries: [] }, 'abc')).toBe(true)
  })

  test('is accepted or refused according to the contract, for any input', () => {
    const odd = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constantFrom(undefined, null, [], {}, true))
    const member = <T>(good: T) => fc.oneof({ weight: 6, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: odd })
    const entry = fc
      .record(
        {
          iss: member('x'),
          jti: member('a'),
          sid: member('s'),
          sub: member('u'),
          at: member(1),
          until: member(2),
          more: member(1),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.parse(JSON.stringify(value)))
    const value = fc
      .record({
        entries: fc.array(entry, { maxLength: 2 }),
        cursor: member('abc'),
        as_of: member(1.5),
        more: member(false),
      })
      .map((value) => JSON.parse(JSON.stringify(value)))
    fc.assert(
      fc.property(value, (page) => {
        // JSON Schema cannot express NUL, or that a cursor must lead on.
        fc.pre(!JSON.stringify(page).includes('\\u0000') && page.more !== true)
        expect(isPage(page, undefined)).toBe(matchesContract(page))
      }),
      { numRuns: 3000 },
    )
  })
})
