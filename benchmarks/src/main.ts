/**
 * Measures Backend Logout side by side with its peers: `npm run bench`, or `npm run bench -- --quick`.
 *
 * Writes `results/latest.json`, `docs/benchmark.md` and its chart, and then the results of the outbox, of the revocation
 * list and of the receiver, which are separate programs here. A quick run covers less, and writes nothing without
 * `--write`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BulkResult, bulkThroughCommandLine, bulkThroughLibrary } from './bulk.ts'
import { measureBundles } from './bundle-size.ts'
import { type CallResult, measureCalls, type Scenario } from './calls.ts'
import { makeCertificate } from './certificate.ts'
import { barChart } from './chart.ts'
import { measureColdStarts } from './cold-start.ts'
import { contestants } from './contestants.ts'
import { measureImports } from './imports.ts'
import { layOutPacked } from './packed.ts'
import { type Report, titleOf, toMarkdown } from './report.ts'
import { compareWithTargets } from './targets.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, 'skip-build': { type: 'boolean' } },
})
const { quick = false, write = !quick } = values
const root = join(import.meta.dirname, '../..')
/** The load of the machine from other programs, which a reader must know. */
const loadBefore = Math.round((loadavg()[0] ?? 0) * 10) / 10
const say = (text: string): boolean => process.stderr.write(`${text}\n`)

if (!values['skip-build']) {
  say('Building the packages …')
  execFileSync('npx', ['--yes', 'pnpm@12.21.0', 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
}

const BUSY: Scenario = { runtime: 'Node.js', transport: 'http', delayMs: 0, inFlight: 32 }
const SCENARIOS: readonly Scenario[] = quick
  ? [BUSY, { ...BUSY, server: 'node:http', otherWork: true }, { ...BUSY, delayMs: 50, inFlight: 256 }]
  : [
      { ...BUSY, inFlight: 1 },
      BUSY,
      { ...BUSY, server: 'node:http' },
      { ...BUSY, otherWork: true },
      { ...BUSY, server: 'node:http', otherWork: true },
      { ...BUSY, inFlight: 256 },
      { ...BUSY, transport: 'tls' },
      { ...BUSY, delayMs: 5 },
      { ...BUSY, delayMs: 50 },
      { ...BUSY, delayMs: 50, inFlight: 256 },
      { ...BUSY, runtime: 'Deno' },
      { ...BUSY, runtime: 'Bun' },
    ]

await using certificate = await makeCertificate()
using packed = layOutPacked(root, ['node', 'cli'])
const calls: CallResult[] = []
for (const scenario of SCENARIOS) {
  say(`Calls: ${titleOf(scenario)} …`)
  // A round must be long enough that the calls in flight at its end do not matter.
  const durationMs = scenario.delayMs * scenario.inFlight > 10_000 ? 1_000 : 350
  // Shared machines change their speed within seconds. Goals compare the rounds of two clients one by one.
  const rounds = scenario.delayMs === 0 && scenario.inFlight === BUSY.inFlight ? 9 : 3
  calls.push(...(await measureCalls(scenario, { rounds, durationMs, certificate, packed: packed.folder })))
}

say('Imports …')
const imports = await measureImports(quick ? 5 : 11, packed.folder)
say('Cold starts …')
const coldStarts = await measureColdStarts(quick ? 5 : 21, packed.folder)
const bundles = await measureBundles(packed.folder)

const bulk: BulkResult[] = []
const cli = join(packed.folder, 'node_modules/@backend-logout/cli/dist/bin.js')
for (const tokens of quick ? [10_000] : [10_000, 100_000, 1_000_000]) {
  say(`Bulk: ${tokens} tokens …`)
  bulk.push(await bulkThroughLibrary(tokens, 64))
  bulk.push(await bulkThroughCommandLine(cli, tokens, 64))
}
say('Bulk: a server that throttles …')
bulk.push(await bulkThroughLibrary(quick ? 3_000 : 10_000, 32, { limitPerSecond: 500 }))

const report: Report = {
  measuredOn: new Date().toISOString().slice(0, 10),
  command: quick ? 'npm run bench -- --quick' : 'npm run bench',
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
    loadBefore,
    platform: `${platform()} ${release()}`,
  },
  versions: Object.fromEntries(
    Object.values(contestants).flatMap(({ package: name }) => (name ? [[name, versionOf(name)]] : [])),
  ),
  calls,
  imports,
  coldStarts,
  bundles,
  bulk,
  targets: compareWithTargets(calls, imports, coldStarts, bulk),
}
const markdown = toMarkdown(report)
console.log(markdown)
if (write) {
  mkdirSync(join(root, 'docs/images'), { recursive: true })
  writeFileSync(join(root, 'benchmarks/results/latest.json'), `${JSON.stringify(report, undefined, 2)}\n`)
  writeFileSync(join(root, 'docs/benchmark.md'), markdown)
  const bars = calls
    .filter((call) => titleOf(call) === titleOf(BUSY) && !call.error)
    .sort((a, b) => b.callsPerSecond.median - a.callsPerSecond.median)
    .map(({ contestant, callsPerSecond }) => {
      return { label: contestant, value: callsPerSecond.median, tone: contestants[contestant]?.kind ?? 'peer' }
    })
  const chart = barChart('Revocations per second, loopback, 32 in flight (more is better)', bars)
  writeFileSync(join(root, 'docs/images/benchmark.svg'), chart)
}

for (const [name, program] of [
  ['The outbox', 'outbox.ts'],
  ['The revocation list', 'revocations.ts'],
  ['The receiver', 'receiver.ts'],
] as const) {
  say(`${name} …`)
  execFileSync(process.execPath, [join(import.meta.dirname, program), ...(write ? [] : ['--quick'])], {
    stdio: 'inherit',
  })
}

function versionOf(name: string): string {
  const places = [join(root, 'benchmarks/node_modules', name, 'package.json')]
  return places.map((path) => (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version)[0] ?? ''
}
