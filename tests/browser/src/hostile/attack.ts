import { exchange } from './exchange.ts'
import type { HostileRequest } from './hostile-request.ts'
import { Random } from './random.ts'

/** The duration of the attack on all servers together; `npm run test:long` or `HOSTILE_SECONDS=…` makes it longer. */
export const SECONDS = Number(process.env.HOSTILE_SECONDS ?? (process.env.LONG ? 300 : 6))
/**
 * The seed of the first request; each following request has the next seed. A failure names the seed that repeats it.
 */
const SEED = Number(process.env.HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 31))
const AT_ONCE = 16
/** A busy machine may send only a few in a short time, and a conclusion needs more. */
const AT_LEAST = 300

/** The target and the means of the attack. */
export interface Attack {
  readonly port: number
  readonly seconds: number
  /** Makes a request. */
  readonly next: (random: Random) => HostileRequest
  /** The violations in the output of a server. */
  readonly faultsOf: (received: string, request: HostileRequest) => string[]
  /** The command that repeats the attack, without its seed. */
  readonly command: string
}

/** The result of an attack. */
export interface AttackResult {
  readonly sent: number
  readonly answered: number
  /** Each with the command that repeats it. */
  readonly failures: readonly string[]
}

/** Sends hostile requests until the time is over and there are enough, or something is wrong. */
export async function attack({ port, seconds, next, faultsOf, command }: Attack): Promise<AttackResult> {
  const failures: string[] = []
  const until = performance.now() + seconds * 1000
  let sent = 0
  let answered = 0
  const attacker = async (): Promise<void> => {
    while ((performance.now() < until || sent < AT_LEAST) && failures.length === 0) {
      const seed = SEED + sent++
      const request = next(new Random(seed))
      const { received, settled } = await exchange(port, request)
      const faults = settled ? faultsOf(received, request) : ['neither answered nor closed']
      if (/^access-control-/im.test(received)) faults.push('CORS')
      if (/\bat [^ ]+ \(|node_modules|\.ts:\d+/.test(received)) faults.push('a stack')
      if (faults.length) {
        const what = `${faults.join(', ')}; again with HOSTILE_SEED=${seed} ${command}`
        failures.push(`${what}\n${JSON.stringify(request.steps).slice(0, 2_000)}\n${received.slice(0, 2_000)}`)
      }
      if (received) answered += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, attacker))
  return { sent, answered, failures }
}
