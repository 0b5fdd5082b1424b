import { describe, expect, test } from 'vitest'
import { type Answering, startStandIn } from './stand-in.ts'
import { byBrowserProxy, byCommandLine, byLibrary, byOutbox, environmentOf, type Setup } from './surfaces.ts'

export { describeBehavior } from './describe-behavior.ts'

/** The outcome at each surface for a token whose revocation gets one kind of response. */
export interface Expected {
  /** The state of the last token. */
  readonly state: 'accepted' | 'verified' | 'unsupported' | 'live' | 'unknown'
  /** The code of the error; missing if the token is revoked. */
  readonly code?: string
  /** The provider's reason, as `providerErrorDescription`. */
  readonly reason?: string
  /** The number of requests that core and node send. */
  readonly requests?: number
  /** @default 'logged_out' for a revoked token, else 'queued' */
  readonly page?: 'logged_out' | 'queued' | 'local_only'
  /** The first event in the outbox. It starts a database, so it is tested only if it behaves differently. */
  readonly outbox?: 'revoked' | 'retry' | 'dead'
  /** @default 0 for a revoked token, else 1 */
  readonly exitCode?: number
}

/** The special settings of a case. */
export interface CaseOptions extends Omit<Setup, 'origin'> {
  /** Variables that give the command line the same settings that `options` gives the others. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Tests the effect of one response of the revocation endpoint: on core, node, browser-proxy, outbox and command line.
 */
export function everywhere(
  title: string,
  answer: Answering,
  expected: Expected,
  { env, ...setup }: CaseOptions = {},
): void {
  const revoked = expected.state === 'accepted' || expected.state === 'verified'
  const { page, exitCode } = {
    page: revoked ? 'logged_out' : 'queued',
    exitCode: revoked ? 0 : 1,
    ...expected,
  }
  const start = () => startStandIn({ '/token/revocation': answer })

  describe(title, () => {
    test.each(['core', 'node'] as const)('through %s', async (library) => {
      await using provider = await start()
      const result = await byLibrary(library, { ...setup, origin: provider.origin })
      const last = result.tokens.at(-1)
      expect(result.revoked).toBe(revoked)
      expect(last).toMatchObject({ state: expected.state, revoked })
      expect(last?.error?.code).toBe(expected.code)
      if (expected.reason !== undefined) expect(last?.error?.providerErrorDescription).toBe(expected.reason)
      if (expected.requests !== undefined) expect(provider.received.length).toBe(expected.requests)
    })

    test('through browser-proxy', async () => {
      await using provider = await start()
      const { status, queued } = await byBrowserProxy({ ...setup, origin: provider.origin })
      expect([status, queued]).toEqual([page, page === 'queued' ? 1 : 0])
    })

    if (expected.outbox) {
      test('through the outbox', async () => {
        await using provider = await start()
        expect(await byOutbox({ ...setup, origin: provider.origin })).toBe(expected.outbox)
      }, 180_000)
    }

    test('through the command line', async () => {
      await using provider = await start()
      const { code, stderr } = await byCommandLine(
        [setup.accessToken ?? 'an-access-token'],
        environmentOf({ origin: provider.origin }, env),
      )
      expect(code, stderr).toBe(exitCode)
    })
  })
}
