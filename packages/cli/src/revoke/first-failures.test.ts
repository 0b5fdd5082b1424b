import { expect, test } from 'vitest'
import { firstOnes } from './first-failures.ts'

test('three failures of each kind are shown, ten in all, and one hint', () => {
  const shown: string[] = []
  const tell = firstOnes((text) => shown.push(text), undefined)
  for (let line = 1; line <= 100; line++) tell(line, `code-${line % 5}`, `why ${line % 5}`)
  expect(shown).toHaveLength(11)
  expect(shown.filter((text) => text.includes('why 1'))).toHaveLength(2)
  expect(shown.at(-1)).toMatch(/only counted; use --output to list all of them\.$/)
})

test('the hint names the output if there is one', () => {
  const shown: string[] = []
  const tell = firstOnes((text) => shown.push(text), 'fate.ndjson')
  for (let line = 1; line <= 5; line++) tell(line, 'network', 'why')
  expect(shown.slice(2)).toEqual([
    'backend-logout: line 3: why',
    'backend-logout: further failures of a kind that was shown are in the output.',
  ])
})
