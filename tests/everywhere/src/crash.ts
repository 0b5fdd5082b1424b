import { randomBytes } from 'node:crypto'
import type { Emulator } from '@backend-logout/emulator'
import { type Remote, startRemote } from '@backend-logout/tests-outbox/remote'
import type { TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'
import type { functions, Moment, ReceiverArguments, Session } from './programs/receiver.ts'

/** The result of a run. */
export interface CrashResult {
  /** The number of reports that were answered with 200 before the process was killed. */
  readonly acknowledged: number
  /** The number of reports in flight when it was killed, which got no response. */
  readonly interrupted: number
  /** The violations, in words. */
  readonly faults: readonly string[]
}

const USERS = 30
const SENDERS = 8
/** The moment of the kill, in turn: after a step, or from outside at any time. */
const MOMENTS: readonly (Moment | 'any')[] = ['verified', 'outbox', 'revocations', 'ended', 'handled', 'any']

/**
 * Reports logouts to a receiver that is killed with SIGKILL repeatedly on the same stores. After each kill, a new
 * process checks every report that was answered with 200: the session has ended, services refuse the user's tokens, and
 * at the end, the provider reports that the token in the session is not active. Reports without a response are
 * delivered again, as providers do, to the process that is killed next.
 *
 * @param random Determines the moments.
 */
export async function crashRounds(
  issuer: TestIssuer,
  provider: Emulator,
  store: ReceiverArguments['store'],
  rounds: number,
  random: () => number,
): Promise<CrashResult> {
  const outboxKey = randomBytes(32).toString('base64url')
  const { appId, appSecret = '' } = provider.app
  const start = async (kill?: ReceiverArguments['kill']): Promise<Remote<typeof functions>> => {
    const app = { appHost: provider.appHost, appId, appSecret }
    const args: ReceiverArguments = { issuer: issuer.url, provider: app, outboxKey, store, kill }
    const started = startRemote<typeof functions>(new URL('programs/receiver.ts', import.meta.url), [
      JSON.stringify(args),
    ])
    await started.ready
    return started
  }
  const all = new Map<string, Session>()
  const acknowledged = new Set<string>()
  const pending = new Map<string, string>()
  const faults: string[] = []
  let interrupted = 0

  /** Delivers the pending reports, several at a time, until all are delivered or nobody responds. */
  const deliver = async (url: string, answered: () => void): Promise<void> => {
    const queue = [...pending].values()
    let isGone = false
    const sender = async (): Promise<void> => {
      for (const [id, logout_token] of queue) {
        if (isGone) return
        const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ logout_token }) }).catch(
          () => undefined,
        )
        if (!answer) {
          isGone = true
          interrupted++
        } else if (answer.status === 200) {
          acknowledged.add(id)
          pending.delete(id)
          answered()
        } else faults.push(`${id} was answered with ${answer.status}`)
      }
    }
    await Promise.all(Array.from({ length: SENDERS }, sender))
  }
  /**
   * Compares a process that was never killed with the acknowledged reports, and with those that ended without a
   * response.
   */
  const judge = async (receiver: Remote<typeof functions>): Promise<void> => {
    const live = new Set(await receiver.call('live'))
    for (const id of acknowledged) if (live.has(id)) faults.push(`${id} was acknowledged, and its session is left`)
    const ended = [...all.values()].filter(({ id }) => !live.has(id))
    const accepted = await receiver.call(
      'accepted',
      ended.map(({ sub }) => sub),
    )
    faults.push(...accepted.map((sub) => `a session of ${sub} has ended, and services accept its tokens`))
  }

  for (let round = 0; round < rounds; round++) {
    const moment = MOMENTS[round % MOMENTS.length] as Moment | 'any'
    const times = 1 + Math.floor(random() * (USERS - 1))
    const tokens = await provider.issueTokens(USERS)
    const sessions = tokens.map((token, n) => ({ id: `session-${round}-${n}`, sub: `user-${round}-${n}`, token }))
    await using receiver = await start(moment === 'any' ? undefined : { after: moment, times })
    await judge(receiver)
    await receiver.call('logIn', sessions)
    for (const session of sessions) {
      all.set(session.id, session)
      pending.set(session.id, await issuer.token({ sub: session.sub, sid: undefined }))
    }
    let untilKill = times
    await deliver(await receiver.call('url'), () => {
      if (moment === 'any' && --untilKill === 0) receiver.kill('SIGKILL')
    })
    const end = await receiver.ended
    if (end !== 'SIGKILL') faults.push(`round ${round} was not killed, but ended with ${end}: ${receiver.output()}`)
  }
  const beforeTheLast = acknowledged.size
  await using last = await start()
  await judge(last)
  await deliver(await last.call('url'), () => {})
  await judge(last)
  if (pending.size > 0) faults.push(`${pending.size} reports are never acknowledged`)
  await last.call('drain')
  for (const { id, token } of all.values()) {
    if (await provider.isActive(token)) faults.push(`the token of ${id} is active`)
  }
  return { acknowledged: beforeTheLast, interrupted, faults }
}
