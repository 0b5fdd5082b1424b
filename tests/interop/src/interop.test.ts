import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRefusedBySdk, observeSdk, type SdkFinding, type SdkScenario, sdkScenarios } from './authing-node-sdk.ts'
import { betterAuthJwt, betterAuthOAuth, betterAuthOpaque } from './better-auth-scenarios.ts'
import { jmondi } from './jmondi.ts'
import { oauth2MockServer } from './oauth2-mock-server.ts'
import { type Finding, observe } from './observe.ts'
import { mutualTls } from './oidc-provider-mutual-tls.ts'
import { asItComes, jwtTokens, opaqueTokens, withoutIntrospection } from './oidc-provider-scenarios.ts'
import { renderReport } from './report.ts'
import type { InteropSuite, RunningProvider } from './scenario.ts'

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

const run = suites.map((suite) => ({ suite, findings: [] as Finding[] }))
const sdk: { scenario: SdkScenario; finding: SdkFinding }[] = []

for (const { suite, findings } of run) {
  describe(`${suite.name} (${suite.setting})`, () => {
    let provider: RunningProvider
    beforeAll(async () => {
      provider = await suite.start()
    })
    afterAll(() => provider[Symbol.asyncDispose]())

    for (const scenario of suite.scenarios) {
      const { call, configuration, report, tokens } = scenario
      test(`${call} with ${configuration} reports "${report}"`, async () => {
        const finding = await observe(provider, scenario)
        findings.push(finding)
        expect({ report: finding.report, tokens: finding.tokens }).toEqual({ report, tokens })
      })
    }
  })
}

describe('authing-node-sdk against the emulator', () => {
  for (const scenario of sdkScenarios) {
    const { protocol, app, token, emulator } = scenario
    const refused = isRefusedBySdk(scenario)
    const title = `${refused ? 'refuses' : 'revokes'} with ${app} over ${protocol} (${token})`
    test(`${title} where tokens are ${emulator.accessTokenFormat} and success is ${emulator.successBody}`, async () => {
      const finding = await observeSdk(scenario)
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

test('docs/interop.md says what this run found', () => {
  const file = new URL('../../../docs/interop.md', import.meta.url)
  const report = renderReport({ suites: run, sdk })
  if (process.env.UPDATE) writeFileSync(file, report)
  const advice = 'docs/interop.md is out of date: pnpm --filter @backend-logout/tests-interop run docs'
  expect(readFileSync(file, 'utf8'), advice).toBe(report)
})
