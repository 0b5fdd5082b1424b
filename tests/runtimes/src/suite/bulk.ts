import { equal, ok, rejection } from './assert.ts'
import { answerNext, freshProvider, isActive, issueTokens } from './desk.ts'
import type { Cases } from './host.ts'

/** Many tokens in one run. */
export function bulkCases({ test, client: { createLogoutClient, isLogoutError } }: Cases): void {
  test('revokeTokens() revokes an async iterable, and reports the outcome of each token', async () => {
    const { appHost, apps } = await freshProvider()
    const tokens = await issueTokens(40)
    async function* input() {
      yield* tokens
    }
    const indexes: (number | undefined)[] = []
    for await (const { index, state } of createLogoutClient({ ...apps.post, appHost }).revokeTokens(input())) {
      equal(state, 'accepted')
      indexes.push(index)
    }
    equal(
      indexes.sort((a = 0, b = 0) => a - b),
      tokens.map((_, index) => index),
    )
    for (const token of tokens) equal(await isActive(token), false)
  })

  test('revokeTokens() continues after a failure, and after throttling', async () => {
    const { appHost, apps } = await freshProvider()
    await answerNext({ status: 400, body: { error: 'invalid_request' } })
    await answerNext({ status: 429, headers: { 'retry-after': '0' } })
    const client = createLogoutClient({ ...apps.post, appHost })
    const states: string[] = []
    for await (const { state } of client.revokeTokens(await issueTokens(8), { concurrency: 1 })) states.push(state)
    equal(states.sort(), ['accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'live'])
  })

  test('revokeTokens() stops reading its input when it is aborted', async () => {
    const { appHost, apps } = await freshProvider()
    const aborting = new AbortController()
    let read = 0
    function* endless() {
      for (;;) yield `token ${read++}`
    }
    const run = async (): Promise<void> => {
      const client = createLogoutClient({ ...apps.post, appHost })
      for await (const { index } of client.revokeTokens(endless(), { concurrency: 4, signal: aborting.signal })) {
        if (index === 9) aborting.abort()
      }
    }
    const error = await rejection(run())
    ok(isLogoutError(error), 'not a LogoutError')
    equal(error.code, 'aborted')
    ok(read < 30, `${read} tokens were read`)
  })
}
