/** A provider in a separate process that admits a number of requests per second and refuses the rest. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { offer } from '@backend-logout/tests-outbox/remote'

/** Its way of counting: in seconds of its clock, in any second, or by saving up for bursts. */
export type Limit = 'windows' | 'sliding window' | 'bucket' | 'none'

/** The counts of one second. */
interface Second {
  admitted: number
  refused: number
}

let limit: Limit = 'none'
let perSecond = Number.POSITIVE_INFINITY
let down = false
let startedAt = performance.now()
let seconds: Second[] = []
let recent: number[] = []
let [level, levelAt] = [0, 0]
/** The time of the first request for a token, on the machine's clock. */
const firstAsked = new Map<string, number>()
let asked = 0
/** Admitted requests by the beginning of their tokens. */
const admittedByKind = new Map<string, number>()

function admits(now: number, second: Second): boolean {
  if (limit === 'windows') return second.admitted < perSecond
  if (limit === 'sliding window') {
    recent = recent.filter((at) => at > now - 1000)
    if (recent.length >= perSecond) return false
    recent.push(now)
  }
  if (limit === 'bucket') {
    level = Math.min(perSecond, level + ((now - levelAt) * perSecond) / 1000)
    levelAt = now
    if (level < 1) return false
    level--
  }
  return true
}

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const token = new URLSearchParams(body).get('token') ?? ''
  asked++
  if (!firstAsked.has(token)) firstAsked.set(token, Date.now())
  const now = performance.now()
  const index = Math.floor((now - startedAt) / 1000)
  const second = seconds[index] ?? { admitted: 0, refused: 0 }
  seconds[index] = second
  if (down) return response.writeHead(503).end()
  if (admits(now, second)) {
    second.admitted++
    const [kind = ''] = token.split('-', 1)
    admittedByKind.set(kind, (admittedByKind.get(kind) ?? 0) + 1)
    return response.end()
  }
  second.refused++
  return response.writeHead(429, limit === 'bucket' ? {} : { 'retry-after': '1' }).end()
})
server.listen(0, '127.0.0.1', () => offer(functions))

export const functions = {
  appHost: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  limitTo(kind: Limit, rate: number): void {
    limit = kind
    perSecond = rate
  },
  down(isDown: boolean): void {
    down = isDown
  },
  /** Forgets what happened. */
  reset(): void {
    startedAt = performance.now()
    seconds = []
    firstAsked.clear()
    asked = 0
    admittedByKind.clear()
  },
  asked: () => asked,
  /** The number of admitted requests whose tokens begin like this. */
  admitted: (kind: string) => admittedByKind.get(kind) ?? 0,
  /** The counts since then, second by second. */
  seconds: (): Second[] => Array.from(seconds, (second) => second ?? { admitted: 0, refused: 0 }),
  firstAsked: (tokens: readonly string[]) => tokens.map((token) => firstAsked.get(token)),
}
