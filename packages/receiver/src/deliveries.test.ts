import { followRevocations, type RevocationList } from '@backend-logout/revocations'
import { openRevocationLog, type RevocationLog } from '@backend-logout/revocations/server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBackChannelHandler } from './back-channel-handler.ts'
import { createMemorySessionIndex } from './memory-session-index.ts'
import { TestIssuer } from './testing/issuer.ts'
import { createLogoutTokenVerifier } from './verifier.ts'

let issuer: TestIssuer
let log: RevocationLog
let list: RevocationList
beforeAll(async () => {
  issuer = await TestIssuer.start('ES256')
  log = await openRevocationLog({ store: { memory: true } })
  list = followRevocations({ source: log })
  await list.ready
})
afterAll(async () => {
  await list.close()
  await log.close()
  await issuer[Symbol.asyncDispose]()
})

/** A login, or a logout that the provider reports: of one session, or of all sessions of the user. */
interface Step {
  readonly kind: 'login' | 'logout'
  readonly user: 'alice' | 'bob'
  readonly session: number | undefined
  /** In seconds after the first of all steps. */
  readonly after: number
}

const step = fc.record<Step>({
  kind: fc.constantFrom('login', 'logout'),
  user: fc.constantFrom('alice', 'bob'),
  session: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  after: fc.integer({ min: 0, max: 5 }),
})

/** As in the specification: it ends the sessions that it names, if they began at most a second after it. */
function ends(logout: Step, login: Step): boolean {
  if (logout.kind !== 'logout' || logout.user !== login.user || login.after > logout.after + 1) return false
  return logout.session === undefined || logout.session === login.session
}

/** The names of the remaining logins. */
interface State {
  readonly live: readonly string[]
  readonly refused: readonly string[]
  /** Logins that began before a report of their end. */
  readonly recorded: readonly string[]
  /** The sessions whose tokens are in the outbox. */
  readonly revoked: readonly string[]
}

let rounds = 0

/**
 * Runs steps with a receiver, each report as a signed token, and returns the final state.
 *
 * @param order Indexes of the steps; those of reports may be repeated.
 * @param restarts The places in the order before which the process is a new one, which remembers no token.
 */
async function play(steps: readonly Step[], order: readonly number[], restarts: ReadonlySet<number>): Promise<State> {
  const round = ++rounds
  const start = Math.floor(Date.now() / 1000) - 30
  const claimsOf = ({ user, session, after }: Step) => ({
    iss: issuer.url,
    sub: `${round} ${user}`,
    ...(session !== undefined && { sid: `${round} ${user} ${session}` }),
    iat: start + after,
  })
  const tokens = await Promise.all(
    steps.map((one) => (one.kind === 'logout' ? issuer.token({ sid: undefined, ...claimsOf(one) }) : '')),
  )
  const live = new Set<string>()
  const recorded = new Set<string>()
  const revoked = new Set<string>()
  const sessions = createMemorySessionIndex({ tokens: (id) => ({ accessToken: id }), end: (id) => live.delete(id) })
  const outbox = { add: async ({ accessToken = '' }) => revoked.add(accessToken) }
  const receiver = () => {
    const verifier = createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' })
    return createBackChannelHandler({ verifier, sessions, outbox, revocations: log })
  }
  let handler = receiver()
  for (const [place, index] of order.entries()) {
    if (restarts.has(place)) handler = receiver()
    const one = steps[index] as Step
    if (one.kind === 'login') {
      const isLoggedIn = await sessions.add(String(index), claimsOf(one))
      if (isLoggedIn) for (const names of [live, recorded]) names.add(String(index))
      continue
    }
    const body = new URLSearchParams({ logout_token: tokens[index] as string })
    expect((await handler(new Request('https://app.example.com/', { method: 'POST', body }))).status).toBe(200)
  }
  const last = { iss: issuer.url, jti: `the last of ${round}`, until: start + 3_600 }
  await log.append(last)
  await expect.poll(() => list.check({ ...last, iat: start }), { interval: 1 }).toBe('revoked')
  const refused = steps.flatMap((one, index) =>
    one.kind === 'login' && list.check(claimsOf(one)) === 'revoked' ? [String(index)] : [],
  )
  return { live: [...live].sort(), refused: refused.sort(), recorded: [...recorded], revoked: [...revoked].sort() }
}

test('in any order, and however often reports arrive, the same logins end, and none that began later', async () => {
  const orders = (length: number): fc.Arbitrary<number[]> =>
    fc.shuffledSubarray(
      Array.from({ length }, (_, index) => index),
      { minLength: length },
    )
  const played = fc.array(step, { maxLength: 10 }).chain((steps) =>
    fc.record({
      steps: fc.constant(steps),
      // Three deliveries of each report, and one of each login, in any order.
      order: orders(steps.length * 3).map((places) => {
        const all = places.map((place) => place % Math.max(1, steps.length))
        return all.filter((index, place) => steps[index]?.kind === 'logout' || all.indexOf(index) === place)
      }),
      restarts: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 3 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(played, async ({ steps, order, restarts }) => {
      const logins = [...steps.keys()].filter((index) => steps[index]?.kind === 'login')
      const ended = logins.filter((index) => steps.some((other) => ends(other, steps[index] as Step))).map(String)
      const left = logins.map(String).filter((index) => !ended.includes(index))

      const inOrder = await play(steps, [...steps.keys()], new Set())
      const otherwise = await play(steps, order, new Set(restarts))
      for (const { live, refused, recorded, revoked } of [inOrder, otherwise]) {
        expect(live).toEqual(left.sort())
        expect(refused).toEqual(ended.sort())
        expect(revoked).toEqual(ended.filter((index) => recorded.includes(index)).sort())
      }
    }),
    { numRuns: 80 },
  )
})
