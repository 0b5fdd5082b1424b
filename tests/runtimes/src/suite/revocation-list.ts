import { equal, ok, rejection } from './assert.ts'
import { appendRevocations, FEED, FEED_SECRET, setFeed, TRAP, trapped } from './desk.ts'
import type { Cases } from './host.ts'

const ISS = 'https://id.example.com'
const now = (): number => Math.floor(Date.now() / 1000)
const token = (jti: string): { iss: string; jti: string; sub: string; iat: number } => ({
  ...{ iss: ISS, jti, sub: `user of ${jti}`, iat: now() },
})
const name = (): string => crypto.randomUUID()

/** The list of revoked tokens that a service keeps in memory. */
export function revocationListCases({ test, show, revocations }: Cases): void {
  const { followRevocations, isRevocationError, revocationFeed } = revocations
  const source = () => revocationFeed(FEED, { authorization: `Bearer ${FEED_SECRET}` })
  const until = async (condition: () => boolean, what: string): Promise<void> => {
    const giveUpAt = Date.now() + 20_000
    while (!condition()) {
      ok(Date.now() < giveUpAt, `it took too long until ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  test('a list refuses only a revoked token, as soon as it is revoked', async () => {
    await setFeed('up')
    const [early, late, other] = [name(), name(), name()]
    const loggedInAt = now() - 10
    await appendRevocations({ iss: ISS, jti: early, until: now() + 600 })
    const list = followRevocations({ source: source() })
    equal(list.check(token(other)), 'stale')
    await list.ready
    equal(
      [early, late, other].map((jti) => list.check(token(jti))),
      ['revoked', 'valid', 'valid'],
    )
    await appendRevocations(
      { iss: ISS, jti: late, until: now() + 600 },
      { iss: ISS, sub: `user of ${other}`, at: loggedInAt, until: now() + 600 },
    )
    await until(() => list.check(token(late)) === 'revoked', 'the news arrives')
    equal(list.check(token(other)), 'valid')
    equal(list.check({ ...token(other), iat: loggedInAt }), 'revoked')
    equal(list.check({ ...token(late), iss: 'https://other.example.com' }), 'valid')
    await list.close()
    equal(list.check(token(other)), 'stale')
  })

  test('a list that loses its feed becomes stale, keeps its entries, and recovers', async () => {
    await setFeed('up')
    const [revoked, other] = [name(), name()]
    await appendRevocations({ iss: ISS, jti: revoked, until: now() + 600 })
    const list = followRevocations({ source: source(), maxStalenessMs: 1_000 })
    await list.ready
    equal(list.check(token(other)), 'valid')
    await setFeed('down')
    await until(() => list.check(token(other)) === 'stale', 'the list is stale')
    equal(list.check(token(revoked)), 'revoked')
    equal([list.health().ok, list.health().lastError?.code], [false, 'unavailable'])
    await setFeed('up')
    await until(() => list.check(token(other)) === 'valid', 'the list is back')
    await list.close()
  })

  test('a list never accepts a token whose claims are invalid', async () => {
    await setFeed('up')
    const list = followRevocations({ source: source() })
    await list.ready
    for (const claims of [null, undefined, 'token', [], {}, { iss: ISS }, { iss: ISS, jti: 7 }, { iss: 7, jti: 'a' }]) {
      equal(list.check(claims as never), 'revoked')
    }
    equal(list.check({ ...token(name()), iat: 'now' }), 'revoked')
    await list.close()
  })

  test('a feed that refuses the authorization, or redirects, causes an error without the secret', async () => {
    await setFeed('up')
    const secret = `wrong-${FEED_SECRET}`
    for (const [state, code] of [
      ['up', 'unauthorized'],
      ['elsewhere', 'redirect_refused'],
    ] as const) {
      await setFeed(state)
      const before = await trapped()
      const list = followRevocations({ source: revocationFeed(FEED, { authorization: `Bearer ${secret}` }) })
      const error = await rejection(list.ready)
      await list.close()
      ok(isRevocationError(error), 'not a RevocationError')
      equal(error.code, code)
      ok(!`${show(error)}${show(list.health())}${JSON.stringify(error)}`.includes(secret), 'the secret is shown')
      equal(await trapped(), before)
    }
    await setFeed('up')
    ok(
      isRevocationError(await rejection((async () => revocationFeed(TRAP.replace('127.0.0.1', 'feed.example')))())),
      'http is let through',
    )
  })
}
