import type { Revoke } from './contestants.ts'

/** Options of one round. */
export interface Round {
  readonly inFlight: number
  /** The duration of the warm-up. */
  readonly warmUpMs: number
  readonly durationMs: number
}

/** The measurements of one round. */
export interface RoundResult {
  readonly calls: number
  readonly callsPerSecond: number
  /** Processor time of the client's process for one call, in microseconds. */
  readonly cpuPerCallUs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Tokens are the same in every round: numbered, and as long as a small JWT. */
const PADDING = 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9'.repeat(12)

/** Keeps the given number of calls in flight until the time is over, and measures. */
export async function runRound(revoke: Revoke, { inFlight, warmUpMs, durationMs }: Round): Promise<RoundResult> {
  if (warmUpMs > 0) await runRound(revoke, { inFlight, warmUpMs: 0, durationMs: warmUpMs })
  const latencies: number[] = []
  const startedAt = performance.now()
  const endAt = startedAt + durationMs
  const cpu = process.cpuUsage()
  let next = 0
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < endAt; ) {
      await revoke(`${PADDING}${next++}`)
      const after = performance.now()
      latencies.push(after - now)
      now = after
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  const elapsedMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((a, b) => a - b)
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  const calls = latencies.length
  return {
    calls,
    callsPerSecond: (calls / elapsedMs) * 1000,
    cpuPerCallUs: (user + system) / calls,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
}
