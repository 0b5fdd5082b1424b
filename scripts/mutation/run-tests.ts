import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** The results of the tests of one file that have one of the names. */
export interface TestRun {
  /** Their full names. */
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  /** The tests had to be stopped. */
  readonly hung: boolean
  readonly output: string
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const TIME_LIMIT_MS = 300_000

/** Runs tests of one file by name, in a copy of the workspace. */
export async function runTests(folder: string, file: string, names: readonly string[]): Promise<TestRun> {
  const [kind = '', name = ''] = file.split('/')
  const suite = join(folder, kind, name)
  const test = relative(suite, join(folder, file)).replaceAll(sep, '/')
  const report = join(suite, '.results/mutation.json')
  rmSync(report, { force: true })

  const command = file.endsWith('.test-d.ts')
    ? ['tsc', '--noEmit']
    : // A whole name, or the part of one that is written in the file.
      [
        'vitest',
        'run',
        test,
        '-t',
        names.map(patternOf).join('|'),
        '--coverage.enabled=false',
        '--reporter=json',
        `--outputFile=${report}`,
      ]
  const { code, hung, output } = await run(suite, command)
  if (file.endsWith('.test-d.ts')) {
    // The compiler does not report test names, only the file of a problem.
    const passed = code === 0
    const failed = !passed && output.includes(test)
    return { passed: passed ? names : [], failed: failed ? names : [], hung, output }
  }
  const { testResults } = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
    : { testResults: [] }
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  const named = (status: string): string[] =>
    results.filter((one) => one.status === status).map(({ fullName }) => fullName)
  return { passed: named('passed'), failed: named('failed'), hung, output }
}

/** True if a test that ran has this name. */
export const isCalled = (fullName: string, name: string): boolean => new RegExp(patternOf(name)).test(fullName)

/** A written name may contain placeholders for values, such as `%s`, `$name` and `${name}`. */
function patternOf(name: string): string {
  return name
    .split(/%[sdifjoO#]|\$\{[^}]*\}|\$[\w.]+/)
    .map((part) => RegExp.escape(part))
    .join('.*')
}

async function run(
  cwd: string,
  [command = '', ...args]: readonly string[],
): Promise<{ code: number | null; hung: boolean; output: string }> {
  const env = { ...process.env, PATH: `${join(cwd, 'node_modules/.bin')}:${process.env.PATH}`, NO_COLOR: '1' }
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    // With all processes that the tests have started.
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
  }, TIME_LIMIT_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  return { code, hung, output: Buffer.concat(chunks).toString() }
}
