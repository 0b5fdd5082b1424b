import type { BulkResult } from './bulk.ts'
import type { CallResult, Scenario } from './calls.ts'
import type { ColdStart } from './cold-start.ts'
import { contestants } from './contestants.ts'
import type { ImportResult } from './imports.ts'
import { summarize } from './statistics.ts'

/** A goal, and whether this run reached it. */
export interface Target {
  readonly what: string
  readonly goal: string
  readonly measured: string
  readonly reached: boolean
  /** The reason why it was not reached, according to profiles. */
  readonly why?: string
}

const FETCH =
  'The runtime’s `fetch` is most of the cost, and the peers skip part of the work: they do not read the body of a 200, ' +
  'and set no time limit. Reading it, a signal and a timer take most of the difference; openapi-fetch and the checks of ' +
  'requests and responses take the rest.'

const NODE =
  'What node adds to bare `undici.request` is spread thinly: two checks of the characters of the token take a third, and ' +
  'promises, openapi-fetch, the timer and signal of the time limit, and the credential the rest.'

/** The findings of profiles of fresh processes. */
const COLD_START: Readonly<Record<string, string>> = {
  '@backend-logout/node':
    'undici, and the modules of Node.js that it requires (`node:http2`, `node:tls` and `node:crypto` among them), take ' +
    'most of the time.',
  '@backend-logout/core':
    'Both send with the global `fetch`, for which Node.js loads its copy of undici: that takes most of the time.',
  '@backend-logout/deno':
    'Each time limit calls `setTimeout`, for which Deno loads modules of Node.js, and it loads more files: those of the ' +
    'package and of core.',
  '@backend-logout/core in Bun':
    'Bun compiles more code: a first call also checks addresses, options and the response.',
  'backend-logout revoke':
    'The compiled code comes from the cache of the command line. What remains are the steps that a program for one token ' +
    'does not have: parsing arguments, opening the input, and preparing a run of millions of tokens.',
}

/** Compares a run with the goals; a goal that the run did not measure is left out. */
export function compareWithTargets(
  calls: readonly CallResult[],
  imports: readonly ImportResult[],
  coldStarts: readonly ColdStart[],
  bulk: readonly BulkResult[],
): Target[] {
  const targets: Target[] = []
  const find = (name: string, scenario: Scenario): CallResult | undefined =>
    calls.find((call) => call.contestant === name && sameScenario(call, scenario) && !call.error)
  const compare = (
    what: string,
    goal: number,
    unit: string,
    measured: number | undefined,
    { atMost = false, why }: { atMost?: boolean; why?: string | undefined } = {},
  ): void => {
    if (measured === undefined || !Number.isFinite(measured)) return
    const percent = unit === '%'
    const show = (value: number): string => (percent ? `${(value * 100).toFixed(1)} %` : `${value.toFixed(2)}${unit}`)
    const reached = atMost ? measured <= goal : measured >= goal
    targets.push({
      what,
      goal: `${atMost ? 'at most' : 'at least'} ${show(goal)}`,
      measured: show(measured),
      reached,
      ...(!reached && why && { why }),
    })
  }

  const busy: Scenario = { runtime: 'Node.js', transport: 'http', delayMs: 0, inFlight: 32 }
  for (const [where, scenario] of [
    ['', busy],
    [', a server on `node:http`', { ...busy, server: 'node:http' }],
    [', after other work', { ...busy, otherWork: true }],
    [', both', { ...busy, server: 'node:http', otherWork: true }],
  ] as const satisfies [string, Scenario][]) {
    const [node, bare] = [find('@backend-logout/node', scenario), find('bare undici.request', scenario)]
    if (!node || !bare) continue
    const peers = calls.filter(
      (call) => contestants[call.contestant]?.kind === 'peer' && sameScenario(call, scenario) && !call.error,
    )
    const [best] = peers.sort((one, other) => other.callsPerSecond.median - one.callsPerSecond.median)
    if (!best) continue
    const possible = ratio(bare, best).toFixed(2)
    compare(`\`revokeToken\` of node to the best peer${where}`, 5, '×', ratio(node, best), {
      why: `Bare \`undici.request\` does ${possible} times as many calls as the best peer there.`,
    })
    compare(`calls per second of node to bare \`undici.request\`${where}`, 0.8, '%', ratio(node, bare), {
      why: NODE,
    })
    const cpu = ratio(node, bare, 'cpuPerCallUs')
    compare(`CPU per call of node to bare \`undici.request\`${where}`, 1.35, '×', cpu, {
      atMost: true,
      why: NODE,
    })
  }
  const core = find('@backend-logout/core', busy)
  const openid = find('openid-client', busy)
  if (core && openid) compare('core over global `fetch` to openid-client', 1, '×', ratio(core, openid), { why: FETCH })
  for (const [name, runtime] of [
    ['@backend-logout/deno', 'Deno'],
    ['@backend-logout/core', 'Bun'],
  ] as const) {
    const [own, other] = [find(name, { ...busy, runtime }), find('oauth4webapi', { ...busy, runtime })]
    if (own && other) compare(`${name} to oauth4webapi, both in ${runtime}`, 1, '×', ratio(own, other), { why: FETCH })
  }
  const importOf = (name: string): number | undefined => imports.find((one) => one.package === name)?.importMs.median
  const [own, other] = [importOf('@backend-logout/node'), importOf('openid-client')]
  if (own && other) compare('import of node to import of openid-client', 1, '×', own / other, { atMost: true })
  for (const { program, runtime, toOpenidClient } of coldStarts) {
    if (program.startsWith('openid-client')) continue
    const where = program.includes(runtime) ? '' : `, in ${runtime}`
    const why = COLD_START[program]
    compare(`cold start of ${program} to openid-client${where}`, 1, '×', toOpenidClient, { atMost: true, why })
  }
  const late: Scenario = { ...busy, delayMs: 50, inFlight: 256 }
  const [slow, bareLate] = [find('@backend-logout/node', late), find('bare undici.request', late)]
  if (slow) {
    const possible = 256 / 0.05
    const share = (bareLate?.callsPerSecond.median ?? 0) / possible
    compare('50 ms server, 256 in flight, of what is possible', 0.95, '%', slow.callsPerSecond.median / possible, {
      why:
        'All 256 requests and responses come together, and this machine needs some milliseconds to process them; ' +
        `bare \`undici.request\` reaches ${(share * 100).toFixed(1)} %.`,
    })
  }

  const largest = (through: BulkResult['through']): BulkResult | undefined =>
    bulk
      .filter((run) => run.through === through && run.limitPerSecond === undefined)
      .sort((a, b) => b.tokens - a.tokens)[0]
  const [library, commandLine] = [largest('library'), largest('command line')]
  if (library && commandLine && library.tokens === commandLine.tokens) {
    const size = `${library.tokens.toLocaleString('en')} tokens`
    compare(`command line to library, ${size}`, 0.9, '%', commandLine.tokensPerSecond / library.tokensPerSecond, {
      why: 'The command line hashes each token twice, for its report and for its journal, and writes a line to both.',
    })
    compare(
      `resident memory of the command line with --max-semi-space-size=16, ${size} (MB)`,
      200,
      '',
      commandLine.peakRssBytes / 1e6,
      {
        atMost: true,
      },
    )
  }
  if (library?.lastToFirstTenth) compare('rate of the last tenth to the first', 0.95, '%', library.lastToFirstTenth)
  const limited = bulk.find((run) => run.limitPerSecond !== undefined)
  if (limited?.limitPerSecond) {
    const idealMs = (limited.tokens / limited.limitPerSecond) * 1000
    compare(
      `server that allows ${limited.limitPerSecond} per second: time to the ideal`,
      1.15,
      '×',
      limited.elapsedMs / idealMs,
      { atMost: true },
    )
    compare('and requests that it refused', 0.03, '%', limited.refused / limited.tokens, { atMost: true })
  }
  return targets
}

/** The median of the ratios of two clients in each round. */
function ratio(one: CallResult, other: CallResult, key: 'callsPerSecond' | 'cpuPerCallUs' = 'callsPerSecond'): number {
  return summarize(one.rounds.map((round, at) => round[key] / (other.rounds[at]?.[key] ?? Number.NaN))).median
}

function sameScenario(a: Scenario, b: Scenario): boolean {
  const keys = ['runtime', 'transport', 'delayMs', 'inFlight', 'server', 'otherWork'] as const
  return keys.every((key) => a[key] === b[key])
}
