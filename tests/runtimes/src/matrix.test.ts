import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk, type Report } from './desk-server.ts'
import { type Place, runSuite } from './run-suite.ts'
import { RUNTIMES, type Runtime } from './runtimes.ts'
import { type Stage, setStage } from './stage.ts'
import { startProvider } from './start-provider.ts'
import { suite } from './suite/suite.ts'
import { count, markdown, type Row } from './table.ts'

const cases: string[] = []
suite({ test: (name: string) => cases.push(name), client: {}, jwt: {}, receiver: {}, revocations: {} } as never)
// The first run only determines which runtimes are available.
cases.shift()

/** As many runtimes as run at a time: `maxConcurrency` in vitest.config.ts. */
const PLACES = 2

let stage: Stage
let places: readonly Place[] = []
let free: Place[] = []
const results = new Map<Runtime, readonly Report[]>()

beforeAll(async () => {
  const desks = await Promise.all(
    Array.from({ length: PLACES }, async () => {
      const provider = await startProvider()
      return { provider, desk: await openDesk(provider.appHost) }
    }),
  )
  stage = await setStage(desks.map(({ desk }) => desk.url))
  places = desks.map((both, index) => ({ ...both, cwd: stage.folders[index] as string }))
  free = [...places]
}, 120_000)

afterAll(async () => {
  for (const row of rows()) {
    const { name, version, package: tested } = row.runtime
    const { passed, failed, cannot } = count(row)
    console.log(`${name} (${version}), ${tested}: ${passed} passed, ${failed} failed, ${cannot} cannot hold`)
  }
  await stage?.close()
  for (const { desk, provider } of places) {
    desk.close()
    provider.close()
  }
})

function rows(): Row[] {
  return RUNTIMES.flatMap((runtime) => {
    const reports = results.get(runtime)
    return reports ? [{ runtime, reports }] : []
  })
}

test.concurrent.each(RUNTIMES)('$name runs the whole suite with $package', { timeout: 150_000 }, async (runtime) => {
  const place = free.pop() as Place
  const outcome = await runSuite(runtime, place, stage.env).finally(() => free.push(place))
  const { reports } = outcome
  results.set(runtime, reports)

  expect(reports.filter(({ error }) => error !== undefined)).toEqual([])
  expect(
    reports.map(({ name }) => name),
    outcome.output,
  ).toEqual(cases)
  expect(outcome.exitCode, outcome.output).toBe(0)
  expect(outcome.runtime).toContain(runtime.says)
})

test('docs/runtimes.md matches the results', async () => {
  const command = 'npm test -- --filter=@backend-logout/tests-runtimes -- --update'
  await expect(markdown(rows(), cases), `docs/runtimes.md is stale: run \`${command}\`.`).toMatchFileSnapshot(
    '../../../docs/runtimes.md',
  )
})
