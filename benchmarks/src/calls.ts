import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Certificate } from './certificate.ts'
import { contestants, type RuntimeName, type Setting } from './contestants.ts'
import type { RoundResult } from './round.ts'
import { type RuntimeCommand, runtimeCommand } from './runtimes.ts'
import { ask, startServer } from './start-server.ts'
import { type Summary, summarize } from './statistics.ts'

/** One situation in which every client is measured. */
export interface Scenario {
  readonly runtime: RuntimeName
  readonly transport: 'http' | 'tls'
  readonly delayMs: number
  readonly inFlight: number
  /** The responding server: bare sockets, or Node's HTTP server. */
  readonly server?: 'node:http'
  /** True if the clients' processes have done other work before. */
  readonly otherWork?: boolean
}

/** The result of one contestant in one scenario. */
export interface CallResult extends Scenario {
  readonly contestant: string
  readonly rounds: readonly RoundResult[]
  readonly callsPerSecond: Summary
  readonly cpuPerCallUs: Summary
  readonly p50Ms: Summary
  readonly p99Ms: Summary
  /** The reason why there are no numbers. */
  readonly error?: string
}

/** Measures every client in one scenario, in turns, so that other load on the machine affects all equally. */
export async function measureCalls(
  scenario: Scenario,
  {
    rounds,
    durationMs,
    certificate,
    packed,
  }: { rounds: number; durationMs: number; certificate: Certificate; packed: string },
): Promise<CallResult[]> {
  const { runtime, transport, delayMs, inFlight, server: kind, otherWork = false } = scenario
  // During the turns of others, engines discard compiled code; if the server is slow, that hardly matters.
  const warmUpMs = delayMs > 0 ? 100 : 700
  const server = await startServer({
    delayMs,
    http: kind === 'node:http',
    ...(transport === 'tls' && { tls: certificate }),
  })
  const results: CallResult[] = []
  const racers: { name: string; child: ChildProcess; rounds: RoundResult[] }[] = []
  try {
    for (const [name, { runtimes = ['Node.js'] }] of Object.entries(contestants)) {
      if (!runtimes.includes(runtime)) continue
      const ca = transport === 'tls' ? { ca: certificate.cert } : {}
      const { url } = server
      const setting: Setting = { url, appId: 'app', appSecret: 'the-secret', inFlight, otherWork, packed, ...ca }
      const child = await startContestant(name, setting, certificate.path, runtimeCommand(runtime))
      if (typeof child === 'string') results.push({ ...empty(name, scenario), error: child })
      else racers.push({ name, child, rounds: [] })
    }
    for (let round = 0; round < rounds; round++) {
      for (const racer of racers) {
        const result = await ask<RoundResult>(racer.child, {
          inFlight,
          warmUpMs,
          durationMs,
        })
        racer.rounds.push(result)
      }
    }
  } finally {
    for (const { child } of racers) child.disconnect()
    server.close()
  }
  for (const { name, rounds } of racers) {
    const of = (key: keyof RoundResult): Summary => summarize(rounds.map((round) => round[key]))
    results.push({
      ...empty(name, scenario),
      rounds,
      callsPerSecond: of('callsPerSecond'),
      cpuPerCallUs: of('cpuPerCallUs'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
    })
  }
  return results
}

/** Starts a contestant; the result is a text if it cannot take part. */
async function startContestant(
  name: string,
  setting: Setting,
  caPath: string,
  command: RuntimeCommand,
): Promise<ChildProcess | string> {
  const script = fileURLToPath(new URL('contestant-process.ts', import.meta.url))
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caPath }
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'ipc']
  const child = fork(script, [name, JSON.stringify(setting)], { ...command, env, stdio })
  let complaint = ''
  child.stderr?.on('data', (data) => {
    complaint = `${complaint}${data}`.slice(0, 2000)
  })
  const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof answer === 'object') return child
  return (
    complaint
      .split('\n')
      .find((line) => /error/i.test(line))
      ?.trim() ?? `exit code ${answer}`
  )
}

function empty(contestant: string, scenario: Scenario): CallResult {
  const nothing = summarize([])
  return {
    contestant,
    ...scenario,
    rounds: [],
    callsPerSecond: nothing,
    cpuPerCallUs: nothing,
    p50Ms: nothing,
    p99Ms: nothing,
  }
}
