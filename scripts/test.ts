/**
 * Runs the tests of every package through turbo, and ends with one line of totals. `npm test -- --all` also runs the
 * suites that take minutes by their nature. Other arguments go to turbo: `npm test -- --filter=@backend-logout/core`.
 * Results of unchanged packages come from turbo's cache.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

interface Results {
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly numTodoTests?: number
  readonly testResults?: readonly {
    readonly name: string
    readonly status: string
    /** The reason why a file failed beside its tests: it could not be loaded, or a hook failed. */
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

const reports = (): string[] => globSync(['{packages,tests,examples}/*/.results/*.json', 'benchmarks/.results/*.json'])
for (const report of reports()) rmSync(dirname(report), { recursive: true, force: true })
const startedAt = Date.now()

const suites = (...names: readonly string[]): readonly string[] => names.map((name) => `@backend-logout/tests-${name}`)
/**
 * Suites that run one after the other, beside all others. turbo starts suites in the order of their dependencies, so
 * that those of many packages start last, and the longest of them would run alone at the end. Each lane takes about as
 * long as the others.
 */
const LANES = [suites('everywhere', 'cli', 'docs', 'runtimes'), suites('outbox', 'browser')]
/** Workers under load for minutes, a release that is published, installed and run, and frameworks that build pages. */
const LONG = [suites('scale'), suites('packaging', 'frameworks')]
/** The tests use 600 MB at a time. */
const LEAST_FREE_BYTES = 4 * 2 ** 30
// A suite waits for half of its time: for servers, programs and browsers. With more of them at a time, they would only
// cause each other's timeouts.
const OTHERS = availableParallelism()

// The registry that some tests start fetches from npm's configured registry, and must trust the same certificates as
// npm.
const cafile = execFileSync('npm', ['config', 'get', 'cafile'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
})
// The tests start hundreds of programs from their sources. With the compiled code of an earlier start, each takes a
// third of the processor time.
const compiled = join(import.meta.dirname, '../node_modules/.cache/node-compile-cache')
const running = new Set<ChildProcess>()
// turbo ends, and then this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
  })
}
const temporary = createFolderInMemory()
const env = {
  NODE_COMPILE_CACHE: compiled,
  ...(temporary && { TMPDIR: temporary }),
  ...(/^\S*[/\\]/.test(cafile) && { NODE_EXTRA_CA_CERTS: cafile.trim() }),
  ...process.env,
}
const given = process.argv.slice(2)
const all = given.includes('--all')
// If suites or other options are named, those run, all in one pass.
const chosen = given.filter((argument) => argument !== '--all')
const status =
  chosen.length > 0
    ? await turbo('test', OTHERS, chosen)
    : (await turbo('build', OTHERS, [])) || Math.max(await runAllBut(LONG, LANES), all ? await runLanes(LONG) : 0)

/**
 * Creates a folder for temporary files in memory, if there is enough. The tests copy databases and sync thousands of
 * small files, which takes ten times as long on a disk.
 */
function createFolderInMemory(): string | undefined {
  const parent = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(parent)
    if (process.env.TMPDIR || bavail * bsize < LEAST_FREE_BYTES) return undefined
    const folder = mkdtempSync(join(parent, 'backend-logout-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    // As /tmp, because some tests start programs as other users. In some containers, nothing may run there.
    chmodSync(folder, 0o1777)
    writeFileSync(join(folder, 'true'), '#!/bin/sh\n', { mode: 0o755 })
    return spawnSync(join(folder, 'true')).status === 0 ? folder : undefined
  } catch {
    return undefined
  }
}

/** Runs the suites of each lane one after the other, and resolves to the highest exit code. */
async function runLanes(lanes: readonly (readonly string[])[]): Promise<number> {
  const running = lanes.map((names) =>
    turbo(
      'test',
      1,
      names.map((name) => `--filter=${name}`),
    ),
  )
  return Math.max(...(await Promise.all(running)))
}

/** Runs all suites except some, those of no lane beside the lanes. */
async function runAllBut(
  excluded: readonly (readonly string[])[],
  lanes: readonly (readonly string[])[],
): Promise<number> {
  const others = [...excluded, ...lanes].flat().map((name) => `--filter=!${name}`)
  return Math.max(...(await Promise.all([runLanes(lanes), turbo('test', OTHERS, others)])))
}

/** Runs a task of packages, this number at a time, and resolves to turbo's exit code. */
async function turbo(task: 'build' | 'test', concurrency: number, more: readonly string[]): Promise<number> {
  const logs = task === 'test' ? 'full' : 'errors-only'
  const command = ['run', task, '--continue', `--output-logs=${logs}`, `--concurrency=${concurrency}`, ...more]
  const child = spawn('turbo', command, { stdio: 'inherit', env })
  running.add(child)
  const [code] = await once(child, 'exit')
  running.delete(child)
  return (code as number | null) ?? 1
}

let passed = 0
let skipped = 0
const failures: string[] = []
for (const report of reports()) {
  const results = JSON.parse(readFileSync(report, 'utf8')) as Results
  passed += results.numPassedTests
  for (const { name, status, message = '', assertionResults } of results.testResults ?? []) {
    if (status !== 'failed') continue
    const tests = assertionResults.filter((test) => test.status === 'failed')
    const reported = tests.length > 0 ? tests : [{ fullName: 'outside its tests', failureMessages: [message] }]
    for (const { fullName, failureMessages = [] } of reported) {
      const reasons = stripVTControlCharacters(failureMessages.join('\n')).replaceAll(
        /^ +at (?:new Promise|.*node_modules).*\n?/gm,
        '',
      )
      const shown = reasons.slice(0, 1_500).trim().replaceAll(/^/gm, '  ')
      failures.push(`FAILED ${relative(process.cwd(), name)}: ${fullName}\n${shown}`)
    }
  }
  skipped += results.numPendingTests + (results.numTodoTests ?? 0)
}
// A task that ended without a report, or with an error outside its tests, must not count as a success. Reports do not
// contain such errors, but logs do.
if (status !== 0) {
  for (const log of globSync('{packages,tests,examples}/*/.turbo/turbo-test.log')) {
    if (statSync(log).mtimeMs < startedAt) continue
    const text = stripVTControlCharacters(readFileSync(log, 'utf8'))
    const [, errors] = /Unhandled Errors.*\n([\s\S]{1,4000})/.exec(text.replace(/^ *Test Files [\s\S]*/m, '')) ?? []
    if (!errors) continue
    failures.push(`FAILED ${dirname(dirname(log))}, outside its tests:\n${errors.trim()}`)
  }
  if (failures.length === 0) failures.push('FAILED: a task ended with an error. Its output above says why.')
}
// Repeated at the end, because a thousand lines of other suites may follow a failure.
if (failures.length > 0) console.log(`\n${failures.join('\n')}`)
const failed = failures.length
if (given.length === 0) {
  console.log('\nLeft out: tests/scale, tests/packaging and tests/frameworks, which `npm test -- --all` runs.')
}
console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
