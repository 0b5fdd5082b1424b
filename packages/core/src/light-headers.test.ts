import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LightHeaders } from './light-headers.ts'

type Step = readonly ['set' | 'append', name: string, value: string] | readonly ['delete', name: string]

/** Every step, with the result of the steps that return one, and all headers at the end. */
function outcome(headers: Headers | LightHeaders, steps: readonly Step[]): unknown[] {
  const results = steps.map((step) => {
    try {
      if (step[0] === 'delete') headers.delete(step[1])
      else headers[step[0]](step[1], step[2])
      return headers.get(step[1])
    } catch (error) {
      return (error as Error).name
    }
  })
  return [...results, [...headers], [...headers.entries()]]
}

/** Of a response only, whose values `Headers` keeps apart. */
const isSetCookie = (name: string): boolean => name.toLowerCase() === 'set-cookie'

const name = fc
  .oneof(fc.constantFrom('Content-Type', 'content-type', 'ACCEPT', 'accept', 'x-1', '', 'a b', 'ä', 'x:'), fc.string())
  .filter((text) => !isSetCookie(text))
const value = fc.oneof(
  fc.constantFrom('application/json', '', ' a ', '\ta\r\n', 'a\nb', 'a\0', 'ä', '€', '\u00a0a', '\ufeffa', 'a\u000b'),
  fc.string({ unit: 'binary' }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom('set', 'append'), name, value),
  fc.tuple(fc.constant('delete'), name),
)

test('LightHeaders does what Headers does, and refuses what it refuses', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      expect(outcome(new LightHeaders(), steps)).toEqual(outcome(new Headers(), steps))
    }),
    { numRuns: 2_000 },
  )
})

test('LightHeaders and Headers agree on every character of a name and of a value', () => {
  for (let code = 0; code < 0x180; code++) {
    const character = String.fromCharCode(code)
    const steps = [`a${character}`, character].flatMap((text): Step[] => [
      ['set', text, 'a'],
      ['set', 'a', text],
      ['append', 'a', `b${text}b`],
      ['delete', text],
    ])
    expect(outcome(new LightHeaders(), steps), String(code)).toEqual(outcome(new Headers(), steps))
  }
})

test('LightHeaders writes values that are not text as Headers does', () => {
  const steps = [1, true, {}].map((given) => ['set', 'a', given]) as unknown as Step[]
  expect(outcome(new LightHeaders(), steps)).toEqual(outcome(new Headers(), steps))
})
