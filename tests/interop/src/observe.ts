import { inspect } from 'node:util'
import type { LogoutEvent } from '@backend-logout/core'
import { expect } from 'vitest'
import type { ClientPackage } from './clients.ts'
import { describeAnswer, type Exchange } from './exchange.ts'
import type { Probe } from './probe.ts'
import type { RunningProvider, Scenario } from './scenario.ts'

/** The observations of a scenario. */
export interface Finding {
  readonly configuration: string
  readonly call: string
  /** The provider's responses, one line each. */
  readonly answers: readonly string[]
  readonly report: string
  readonly tokens: string
  /** True if the client reported a success, because the provider did, and a token still works. */
  readonly believed: boolean
  /** True if the client reported a token as active, because the provider did, and it is inactive. */
  readonly doubted: boolean
}

/** Runs a scenario, and checks the requirements for every one of them. */
export async function observe<App extends string>(
  provider: RunningProvider<App>,
  scenario: Scenario<App>,
  { create }: ClientPackage,
): Promise<Finding> {
  const { configuration, call, app, tokensOf = app, ends } = scenario
  const issued = await provider.signIn(tokensOf)
  const tokens = (await scenario.arrange?.(provider, issued)) ?? issued
  const probes = scenario.probes?.(provider, tokens) ?? provider.probes(tokensOf, tokens)
  for (const { token, by, before, works } of probes) {
    if (before) expect(await works(), `${token} before, by ${by}`).toBe(before === 'works')
  }

  const events: LogoutEvent[] = []
  const tls = 'tls' in scenario ? scenario.tls : provider.tls?.(app)
  const options = { ...provider.clientOptions(app), ...scenario.options }
  const client = create({ ...options, onEvent: (event) => events.push(event) }, tls)
  provider.forget()
  const report = await scenario.operation(tokens, client, events)
  await client[Symbol.asyncDispose]?.()
  const exchanges = provider.exchanges()
  expectOneCredential(exchanges)
  expectNoSecret(exchanges, [client, events])

  const found: string[] = []
  const alive: boolean[] = []
  for (const { token, by, works } of probes) {
    const lives = await works()
    found.push(`${token} ${lives ? 'works' : 'inactive'} (${by})`)
    if (isVerified(token, scenario, report)) expect(lives, `${report}, but the ${token} works`).toBe(false)
    if (ends.includes(token)) alive.push(lives)
  }
  return {
    configuration,
    call,
    answers: listAnswers(exchanges, call),
    report,
    tokens: found.join(', ') || '–',
    believed: report.startsWith('true') && alive.includes(true),
    doubted: /\blive\b/.test(report) && alive.includes(false) && !alive.includes(true),
  }
}

/** True if a report claims that a token was verified as inactive. */
function isVerified(token: Probe['token'], { ends }: Scenario, report: string): boolean {
  if (report.includes(`${token.replace(' ', '_')} verified`)) return true
  return report === 'true, verified' && ends.includes(token)
}

function expectOneCredential(exchanges: readonly Exchange[]): void {
  for (const { endpoint, credentials, path } of exchanges) {
    const most = endpoint === 'metadata' ? 0 : 1
    expect(credentials.length, `credentials sent to ${path}: ${credentials.join(' and ')}`).toBeLessThanOrEqual(most)
  }
}

function expectNoSecret(exchanges: readonly Exchange[], seen: readonly unknown[]): void {
  const shown = inspect(seen, { depth: 10 })
  for (const { form } of exchanges) {
    for (const name of ['token', 'client_secret', 'client_assertion']) {
      const secret = form.get(name)
      if (secret) expect(shown.includes(secret), `${name} in events or in the client`).toBe(false)
    }
  }
}

function listAnswers(exchanges: readonly Exchange[], call: string): string[] {
  const wanted: readonly string[] = call === 'discover()' ? ['metadata'] : ['revocation', 'introspection']
  const shown = exchanges.filter(({ endpoint }) => wanted.includes(endpoint))
  const named = shown.some(({ endpoint }) => endpoint !== 'revocation')
  const answers = shown.map((exchange) => {
    const { endpoint, path } = exchange
    const name = endpoint === 'metadata' ? `\`${path}\`` : endpoint
    return named ? `${name}: ${describeAnswer(exchange)}` : describeAnswer(exchange)
  })
  // The number of introspections while nothing changes depends on the machine.
  return answers.filter((answer, index) => !(answer.startsWith('introspection') && answer === answers[index - 1]))
}
