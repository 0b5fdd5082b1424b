import { readFileSync, writeFileSync } from 'node:fs'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  isRefusedBySdk,
  observeSdk,
  type SdkFinding,
  type SdkScenario,
  sdkEmulators,
  sdkScenarios,
} from './authing-node-sdk.ts'
import { betterAuthJwt, betterAuthOAuth, betterAuthOpaque } from './better-auth-scenarios.ts'
import { coreClient, nodeClient } from './clients.ts'
import { jmondi } from './jmondi.ts'
import { oauth2MockServer } from './oauth2-mock-server.ts'
import { type Finding, observe } from './observe.ts'
import { mutualTls } from './oidc-provider-mutual-tls.ts'
import { asItComes, jwtTokens, opaqueTokens, withoutIntrospection } from './oidc-provider-scenarios.ts'
import { renderReport } from './report.ts'
import type { InteropSuite, RunningProvider, Scenario } from './scenario.ts'

const suites = [
  opaqueTokens,
  jwtTokens,
  withoutIntrospection,
  asItComes,
  mutualTls,
  jmondi,
  betterAuthOpaque,
  betterAuthJwt,
  betterAuthOAuth,
  oauth2MockServer,
] as readonly InteropSuite[]

const run = suites.map((suite) => ({ suite, findings: new Map<Scenario, Finding>() }))
const sdk: { scenario: SdkScenario; finding: SdkFinding }[] = []

for (const { suite, findings } of run) {
  describe(`${suite.name} (${suite.setting})`, () => {
    let provider: RunningProvider
    beforeAll(async () => {
      provider = await suite.start()
    })
    afterAll(() => provider[Symbol.asyncDispose]())

    for (const client of [coreClient, nodeClient]) {
      describe(`through ${client.name}`, () => {
        for (const scenario of suite.scenarios) {
          const { call, configuration, report, tokens, only = client.name } = scenario
          if (only !== client.name) continue
          test(`${call} with ${configuration} reports "${report}"`, async () => {
            const finding = await observe(provider, scenario, client)
            const known = findings.get(scenario)
            findings.set(scenario, known ?? finding)
            expect(finding).toMatchObject({ report, tokens })
            // With every transport, the provider got the same request, and sent the same response.
            expect(finding).toEqual(known ?? finding)
          })
        }
      })
    }
  })
}

for (const options of sdkEmulators) {
  const { accessTokenFormat, successBody } = options
  describe(`authing-node-sdk at an emulator with ${accessTokenFormat} tokens, success ${successBody}`, () => {
    let emulator: Emulator
    beforeAll(async () => {
      emulator = await startEmulator(options)
    })
    afterAll(() => emulator.close())

    for (const scenario of sdkScenarios(options)) {
      const { protocol, app, token } = scenario
      const refused = isRefusedBySdk(scenario)
      test(`${refused ? 'refuses to revoke' : 'revokes'} with ${app} over ${protocol} (${token})`, async () => {
        const finding = await observeSdk(emulator, scenario)
        sdk.push({ scenario, finding })
        expect(finding).toMatchObject({
          before: 'active true',
          revocation: refused ? 'throws' : 'true',
          after: `active ${refused}`,
          active: refused,
        })
      })
    }
  })
}

test('docs/interop.md matches the results of this run', () => {
  const file = new URL('../../../docs/interop.md', import.meta.url)
  const report = renderReport({ suites: run, sdk })
  if (process.env.UPDATE) writeFileSync(file, report)
  const advice = 'docs/interop.md is out of date: pnpm --filter @backend-logout/tests-interop run docs'
  expect(readFileSync(file, 'utf8'), advice).toBe(report)
})
