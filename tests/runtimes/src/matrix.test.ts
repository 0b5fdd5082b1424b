import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk } from './desk-server.ts'
import { runSuite } from './run-suite.ts'
import { RUNTIMES } from './runtimes.ts'
import { type Stage, setStage } from './stage.ts'
import { type ProviderProcess, startProvider } from './start-provider.ts'
import { suite } from './suite/suite.ts'
import { count, markdown, type Row } from './table.ts'

const cases: string[] = []
suite({ test: (name: string) => cases.push(name), client: {}, jwt: {}, receiver: {}, revocations: {} } as never)
// The first run only determines which runtimes are available.
cases.shift()

let provider: ProviderProcess
let desk: Desk
let stage: Stage
const rows: Row[] = []

beforeAll(async () => {
  provider = await startProvider()
  desk = await openDesk(provider.appHost)
  stage = await setStage({ desk: desk.url })
}, 120_000)

afterAll(async () => {
  for (const row of rows) {
    const { name, version, package: tested } = row.runtime
    const { passed, failed, cannot } = count(row)
    console.log(`${name} (${version}), ${tested}: ${passed} passed, ${failed} failed, ${cannot} cannot hold`)
  }
  await stage?.close()
  desk?.close()
  provider?.close()
})

test.each(RUNTIMES)('$name runs the whole suite with $package', { timeout: 150_000 }, async (runtime) => {
  const hosts = [desk.url, provider.appHost].map((url) => new URL(url).host)
  const outcome = await runSuite(runtime, stage, desk, hosts)
  const { reports } = outcome
  rows.push({ runtime, reports })

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
  await expect(markdown(rows, cases), `docs/runtimes.md is stale: run \`${command}\`.`).toMatchFileSnapshot(
    '../../../docs/runtimes.md',
  )
})
