import type { BulkResult } from './bulk.ts'
import type { BundleResult } from './bundle-size.ts'
import type { CallResult, Scenario } from './calls.ts'
import type { ColdStart } from './cold-start.ts'
import { contestants } from './contestants.ts'
import type { ImportResult } from './imports.ts'
import type { Target } from './targets.ts'

/** The measurements of one run; the shape of `results/latest.json`. */
export interface Report {
  readonly measuredOn: string
  readonly command: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly node: string
    readonly loadBefore: number
    readonly platform: string
  }
  readonly versions: Readonly<Record<string, string>>
  readonly calls: readonly CallResult[]
  readonly imports: readonly ImportResult[]
  readonly coldStarts: readonly ColdStart[]
  readonly bundles: readonly BundleResult[]
  readonly bulk: readonly BulkResult[]
  readonly targets: readonly Target[]
}

/** Writes a run as Markdown, for the docs. */
export function toMarkdown(report: Report): string {
  const { machine, measuredOn, command, versions } = report
  const scenarios = [...new Map(report.calls.map((call) => [titleOf(call), call])).values()]
  return [
    '# Benchmark',
    '',
    `Measured on ${measuredOn} with \`${command}\`: ${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, ${machine.platform}, load average ${machine.loadBefore} before the run.`,
    'Every client revokes tokens at the same server on loopback. The server and each client run in separate processes.',
    'Rounds alternate; numbers are medians, with the lowest and highest round in brackets. Goals that compare two clients',
    'are the median of the ratios in each round. `bare …` is what the runtime can do without any client.',
    '',
    '![Revocations per second at 32 in flight](images/benchmark.svg)',
    '',
    '## Goals',
    '',
    '| measurement | goal | measured | reached |',
    '|---|---|---|---|',
    ...report.targets.map(
      ({ what, goal, measured, reached }) => `| ${what} | ${goal} | ${measured} | ${reached ? 'yes' : '**no**'} |`,
    ),
    '',
    ...whys(report.targets),
    '## Calls',
    '',
    ...scenarios.flatMap((scenario) => callsTable(scenario, report.calls)),
    '## Cold start',
    '',
    'From starting a process until its first revocation is answered. The command line has filled its cache of compiled ' +
      'code before; the other programs in Node.js have none.',
    '',
    '| program | runtime | ms | to openid-client |',
    '|---|---|---|---|',
    ...report.coldStarts.map(({ program, runtime, ms, toOpenidClient }) => {
      const spread = `${ms.median.toFixed(0)} (${ms.min.toFixed(0)}–${ms.max.toFixed(0)})`
      return `| ${program} | ${runtime} | ${spread} | ${toOpenidClient.toFixed(2)} |`
    }),
    '',
    '## Import and size',
    '',
    '| package | version | import (ms) | revoke path, minified (B) | and gzipped (B) |',
    '|---|---|---|---|---|',
    ...report.imports.map(({ package: name, importMs }) => {
      const bundle = report.bundles.find((one) => one.package === name)
      return `| ${name} | ${versions[name] ?? ''} | ${importMs.median.toFixed(1)} | ${bundle?.minifiedBytes ?? '–'} | ${bundle?.gzippedBytes ?? '–'} |`
    }),
    '',
    '## Bulk',
    '',
    '| through | tokens | concurrency | limit (1/s) | per second | seconds | refused | resident memory (MB) | last to first tenth |',
    '|---|---|---|---|---|---|---|---|---|',
    ...report.bulk.map((run) => {
      const { through, tokens, concurrency, limitPerSecond, tokensPerSecond, elapsedMs, refused, peakRssBytes } = run
      const ratio = run.lastToFirstTenth?.toFixed(2) ?? '–'
      const cells = [
        through,
        tokens,
        concurrency,
        limitPerSecond ?? '–',
        Math.round(tokensPerSecond),
        (elapsedMs / 1000).toFixed(1),
      ]
      return `| ${[...cells, refused, Math.round(peakRssBytes / 1e6), ratio].join(' | ')} |`
    }),
    '',
  ].join('\n')
}

function whys(targets: readonly Target[]): string[] {
  const reasons = new Set(targets.flatMap(({ why }) => (why === undefined ? [] : [why])))
  return [...reasons].flatMap((reason) => {
    const goals = targets.filter(({ why }) => why === reason).map(({ what }) => what)
    return [`Not reached: ${goals.join('; ')}. ${reason}`, '']
  })
}

function callsTable(scenario: Scenario, calls: readonly CallResult[]): string[] {
  const rows = calls
    .filter((call) => titleOf(call) === titleOf(scenario))
    .sort((a, b) => b.callsPerSecond.median - a.callsPerSecond.median)
  return [
    `### ${titleOf(scenario)}`,
    '',
    '| client | calls per second | CPU per call (µs) | p50 (ms) | p99 (ms) |',
    '|---|---|---|---|---|',
    ...rows.map(({ contestant, callsPerSecond: rate, cpuPerCallUs, p50Ms, p99Ms, error }) => {
      const name = contestants[contestant]?.kind === 'ours' ? `**${contestant}**` : contestant
      if (error) return `| ${name} | – ${error.replaceAll('|', '/')} | | | |`
      const spread = `${Math.round(rate.median)} (${Math.round(rate.min)}–${Math.round(rate.max)})`
      return `| ${name} | ${spread} | ${Math.round(cpuPerCallUs.median)} | ${p50Ms.median.toFixed(2)} | ${p99Ms.median.toFixed(2)} |`
    }),
    '',
  ]
}

/** The name of a scenario. */
export function titleOf({ runtime, transport, delayMs, inFlight, server, otherWork }: Scenario): string {
  const delay = delayMs === 0 ? 'no server delay' : `${delayMs} ms server delay`
  const more = `${server ? `, a server on \`${server}\`` : ''}${otherWork ? ', after other work' : ''}`
  return `${runtime}, ${transport === 'tls' ? 'TLS' : 'HTTP'}, ${delay}, ${inFlight} in flight${more}`
}
