import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { start } from './command-line.ts'
import { fingerprint, startCountingProvider } from './counting-provider.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-kill-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TOKENS = 2_000
const CONCURRENCY = 16

interface OutputLine {
  readonly line: number
  readonly token: string
  readonly revoked: boolean
}

const readLines = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)

/** The lines that a journal confirms. A line that a kill cut off does not count. */
function confirmedLines(journal: string): number[] {
  return readLines(journal).flatMap((text) => {
    const { done = '' } = JSON.parse(text) as { done?: string }
    return done.split(',').flatMap((range) => {
      if (range === '') return []
      const [from, to = from] = range.split('-').map(Number) as [number, number?]
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
  })
}

test('a run that is killed with -9 at random moments and resumed revokes everything, and repeats nothing that was confirmed', {
  timeout: 240_000,
}, async () => {
  await using provider = await startCountingProvider(folder, TOKENS)
  const { tokens } = provider
  const input = join(folder, 'tokens.txt')
  const journal = join(folder, 'journal')
  const output = join(folder, 'output.ndjson')
  writeFileSync(input, `${tokens.join('\n')}\n`)
  const args = ['revoke', input, '--journal', journal, '--output', output, '--concurrency', `${CONCURRENCY}`, '--json']

  const confirmed = new Set<string>()
  const confirmedTwice: string[] = []
  provider.arrivals.on('revocation', (token) => {
    if (confirmed.has(token)) confirmedTwice.push(fingerprint(token))
  })

  let kills = 0
  let summary: Record<string, unknown> | undefined
  while (!summary) {
    const run = start(args, { env: provider.env })
    let left = Math.floor(Math.random() * 400)
    const countDown = (): void => {
      if (left-- === 0) run.child.kill('SIGKILL')
    }
    provider.arrivals.on('revocation', countDown)
    const { code, signal, stdout, stderr } = await run.ended
    provider.arrivals.off('revocation', countDown)
    if (signal === 'SIGKILL') {
      kills++
      for (const line of confirmedLines(journal)) confirmed.add(tokens[line - 1] as string)
      // Requests that the provider still processes when its client is killed must not count as the next run's.
      await new Promise((resolve) => setTimeout(resolve, 100))
    } else {
      expect({ code, stderr }).toMatchObject({ code: 0 })
      summary = JSON.parse(stdout)
    }
  }

  expect(kills).toBeGreaterThan(3)
  expect(await provider.activeTokens()).toEqual([])
  expect([...provider.revocations.keys()].sort()).toEqual([...tokens].sort())
  expect(confirmedTwice).toEqual([])
  // Twice the concurrency: requests in flight, and those that were answered in the same turn of the event loop.
  const twice = [...provider.revocations.values()].reduce((sum, count) => sum + count - 1, 0)
  expect(twice).toBeLessThanOrEqual(kills * 2 * CONCURRENCY)

  expect(confirmedLines(journal).sort((a, b) => a - b)).toEqual(tokens.map((_, index) => index + 1))
  const fates = readLines(output).map((line) => JSON.parse(line) as OutputLine)
  expect(fates.every(({ revoked }) => revoked)).toBe(true)
  expect(fates.map(({ token }) => token).sort()).toEqual(tokens.map(fingerprint).sort())
  expect(summary).toMatchObject({ complete: true, notRevoked: 0, exitCode: 0 })
  expect((summary.skipped as number) + (summary.revoked as number)).toBe(TOKENS)

  const written = readFileSync(journal, 'utf8') + readFileSync(output, 'utf8')
  for (const token of tokens) if (written.includes(token)) throw new Error('The journal contains a token.')
})
