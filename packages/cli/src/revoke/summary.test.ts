import { expect, test } from 'vitest'
import { ExitCode } from '../exit-code.ts'
import { type RunEnd, summaryJson, summaryText } from './summary.ts'
import { count, countInvalid, createTally, exitCodeOf } from './tally.ts'

function endOf(change: (tally: RunEnd['tally']) => void, rest: Partial<RunEnd> = {}): RunEnd {
  const tally = createTally()
  change(tally)
  return { tally, durationMs: 2_000, complete: true, exitCode: exitCodeOf(tally), fatal: undefined, ...rest }
}

test('a run without failures takes one line', () => {
  const end = endOf((tally) => {
    for (let i = 0; i < 2_000; i++) count(tally, 'accepted', true)
  })
  expect(summaryText(end, false)).toEqual(['2,000 tokens revoked, 0 not, in 2.0 s (1,000/s).'])
  expect(end.exitCode).toBe(ExitCode.done)
})

test('failures are counted by reason, the most frequent first', () => {
  const end = endOf((tally) => {
    count(tally, 'accepted', true)
    count(tally, 'live', false, 'rejected')
    count(tally, 'unknown', false, 'network')
    count(tally, 'unknown', false, 'network')
    count(tally, 'accepted', false, 'unverified')
    countInvalid(tally)
    tally.skipped = 3
  })
  expect(summaryText(end, false)).toEqual([
    '1 token revoked, 5 not, in 2.0 s (3/s).',
    '3 tokens skipped: confirmed by an earlier run.',
    'Not revoked: network 2, rejected 1, unverified 1, invalid_line 1.',
    'Of these, the provider accepted 1, but introspection could not verify it.',
    'Assume that these tokens are still active.',
  ])
  expect(summaryJson(end)).toEqual({
    revoked: 1,
    unproven: 1,
    live: 1,
    unknown: 2,
    unsupported: 0,
    invalid: 1,
    skipped: 3,
    filtered: 0,
    empty: 0,
    notRevoked: 5,
    reasons: { network: 2, rejected: 1, unverified: 1, invalid_line: 1 },
    durationMs: 2000,
    perSecond: 3,
    complete: true,
    exitCode: ExitCode.no,
  })
})

test('the summary names the journal to continue with', () => {
  const end = endOf((tally) => count(tally, 'live', false, 'rejected'), { complete: false })
  expect(summaryText(end, true).join('\n')).toMatch(
    /end of the input was not reached\.\nRun the same command again to resume\.$/,
  )
  const { tally } = end
  expect(summaryText({ ...end, tally, complete: true }, true).join('\n')).toMatch(
    /\nRun the same command again to retry the tokens that are not revoked\.$/,
  )
})

test.each([
  ['nothing but refusals of the application', ['client_auth_failed', 'endpoint_missing'], ExitCode.refused],
  ['a refusal of a token among them', ['client_auth_failed', 'rejected'], ExitCode.no],
] as const)('the exit code of %s', (_what, codes, exitCode) => {
  const end = endOf((tally) => {
    for (const code of codes) count(tally, 'live', false, code)
  })
  expect(end.exitCode).toBe(exitCode)
})
