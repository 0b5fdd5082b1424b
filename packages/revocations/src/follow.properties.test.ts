import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RevocationEntry } from './entry.ts'
import { RevocationError } from './errors.ts'
import { followRevocations } from './follow.ts'
import { openRevocationLog } from './server/open-log.ts'
import type { RevocationPage, RevocationSource } from './source.ts'

const ISS = 'https://id.example.com'
const now = (): number => Math.floor(Date.now() / 1000)
const names = Array.from({ length: 12 }, (_, index) => `t${index}`)
const entryOf = (jti: string): RevocationEntry => ({ iss: ISS, jti, until: now() + 3600 })

/** The outcome of a request: nothing, a failure, or an invalid response. */
type Fate = 'well' | 'fails' | 'gone' | 'lost' | 'twice' | 'nonsense' | 'old' | 'shuffled'
const fate: fc.Arbitrary<Fate> = fc.constantFrom(
  'well',
  'well',
  'fails',
  'gone',
  'lost',
  'twice',
  'nonsense',
  'old',
  'shuffled',
)

test('for any failures, a list never loses an entry, never accepts a token that it knew was revoked, and is complete at the end', async () => {
  // Most of the time, each of them waits before it retries, so all run at the same time.
  const runs = fc.sample(
    fc.tuple(
      fc.array(fate, { maxLength: 6, size: 'max' }),
      fc.array(fc.constantFrom(...names), { size: 'max', maxLength: 20 }),
    ),
    {
      numRuns: 60,
      seed: Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31)),
    },
  )
  await Promise.all(runs.map(([fates, appends]) => run(fates, appends)))
})

async function run(fates: readonly Fate[], appends: readonly string[]): Promise<void> {
  await using log = await openRevocationLog({ store: { memory: true }, pageEntries: 3 })
  const left = [...fates]
  let before: RevocationPage | undefined
  let isWell = false
  const source: RevocationSource = {
    async read(request) {
      const next = left.shift() ?? 'well'
      isWell = left.length === 0
      if (next === 'fails') throw new RevocationError('unavailable', 'x')
      if (next === 'gone' && request.after !== undefined) throw new RevocationError('cursor_gone', 'x')
      if (next === 'nonsense') return { entries: [{ iss: ISS, jti: 7 }] } as never
      if (next === 'old' && before) return { ...before, as_of: before.as_of - 60 }
      const page = await log.read(isWell ? request : { ...request, waitMs: 0 })
      before = page
      if (next === 'lost') throw new RevocationError('network', 'x')
      if (next === 'twice') return { ...page, entries: [...page.entries, ...page.entries] }
      return next === 'shuffled' ? { ...page, entries: page.entries.toReversed() } : page
    },
  }
  await using list = followRevocations({ source, maxStalenessMs: 60_000 })
  const refused = new Set<string>()
  const appended = new Set<string>()
  const look = (): void => {
    for (const jti of names) {
      const verdict = list.check({ iss: ISS, jti, iat: now() })
      if (verdict === 'revoked') expect(appended).toContain(jti)
      if (refused.has(jti)) expect(verdict).toBe('revoked')
      if (verdict === 'revoked') refused.add(jti)
    }
  }
  for (const jti of appends) {
    appended.add(jti)
    await log.append(entryOf(jti))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30))
    look()
  }
  while (
    !(
      isWell &&
      list.health().ok &&
      [...appended].every((jti) => list.check({ iss: ISS, jti, iat: now() }) === 'revoked')
    )
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    look()
  }
  for (const jti of names)
    expect(list.check({ iss: ISS, jti, iat: now() })).toBe(appended.has(jti) ? 'revoked' : 'valid')
}
