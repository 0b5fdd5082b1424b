import { isLogoutError, type LogoutClient, type Revocation } from '@backend-logout/core'
import type { ClaimedJob } from './claimed-rows.ts'
import { type EntrySealer, type JobData, jweOf } from './entry.ts'
import type { EntryEvent, OutboxEvent } from './events.ts'
import type { IsPast } from './expiry.ts'
import { laneOf } from './lanes.ts'
import { type Health, type History, healthOf, outcomeOf, type Reason, readHistory } from './outcome.ts'
import type { Settlement } from './settler.ts'
import type { EntryAbout, EntrySecret } from './tokens.ts'

/** Time limit for the tokens of one logout at the provider, in milliseconds. */
const DEADLINE_MS = 30_000

/** Dependencies of an attempt. */
export interface AttemptContext {
  readonly client: Pick<LogoutClient, 'logout'>
  readonly sealer: EntrySealer
  readonly maxRefusals: number
  readonly isPast: IsPast
  /** Aborts the attempt. */
  readonly signal: AbortSignal
  /** Looks up the earlier attempts, and the database's time of this one. */
  readonly recall: (id: string) => Promise<Recalled | undefined>
}

/** Stored record of earlier attempts. */
export interface Recalled {
  readonly output: unknown
  readonly startedOn: Date
}

interface Attempt {
  readonly settlement: Settlement
  readonly health: Health
}

/** Tries to revoke the tokens of a logout, each of them once. Never rejects. */
export async function attempt(context: AttemptContext, job: ClaimedJob): Promise<Attempt> {
  const { client, sealer, maxRefusals, isPast, signal, recall } = context
  const recalled = job.retryCount > 0 ? await recall(job.id) : undefined
  const before = readHistory(recalled?.output)
  const opened = sealer.open(job.id, job.data)
  if (!opened.ok) {
    const history = { ...before, refusals: before.refusals + 1 }
    // Another key does not make it smaller.
    const kind = history.refusals < maxRefusals && !job.isTooLarge ? 'retry' : 'dead'
    const settlement = unfinished(job, kind, opened.about, { code: opened.code }, history)
    return { settlement, health: { kind: 'unknown' } }
  }

  const { about: stored, secret } = opened
  // A first attempt is always made, so that nothing is lost even if every clock is wrong.
  const past = (timeMs: number): boolean =>
    recalled !== undefined && before.attempts > 0 && isPast(timeMs, recalled.startedOn)
  const tokens = stored.tokens.filter(({ expiresAt }) => !past(expiresAt))
  if (tokens.length === 0) return { settlement: expired(job, stored), health: { kind: 'unknown' } }

  const about: EntryAbout = { ...stored, tokens }
  const revocations = await logout(client, about, secret, signal)
  const health = healthOf(revocations)
  const outcome = outcomeOf(about, revocations, before, maxRefusals, past)
  if (outcome.kind === 'revoked') return { settlement: revoked(job, stored, outcome.history), health }
  const left: EntryAbout = { ...stored, tokens: outcome.left }
  if (outcome.kind === 'expired') return { settlement: expired(job, left), health }
  const data = left.tokens.length < stored.tokens.length ? sealer.seal(job.id, left, secret) : undefined
  return { settlement: unfinished(job, outcome.kind, left, outcome.reason, outcome.history, data), health }
}

function revoked(job: ClaimedJob, about: EntryAbout, { attempts }: History): Settlement {
  // The clock of the machine that added it may be ahead.
  const waitedMs = Math.max(0, Date.now() - about.addedAt)
  return { kind: 'done', job, event: { ...entryEvent(job, about), type: 'revoked', attempts, waitedMs } }
}

function expired(job: ClaimedJob, about: EntryAbout): Settlement {
  return { kind: 'done', job, event: { ...entryEvent(job, about), type: 'expired' } }
}

function unfinished(
  job: ClaimedJob,
  kind: 'retry' | 'dead',
  about: EntryAbout | undefined,
  reason: Reason,
  history: History,
  data?: JobData,
): Settlement {
  const { attempts } = history
  type Unfinished = Extract<OutboxEvent, { type: 'retry' | 'dead' }>
  const event: Unfinished = { ...entryEvent(job, about), type: kind, code: reason.code, attempts }
  if (kind === 'retry') {
    // A logout that was tried belongs to the backlog.
    const jwe = laneOf(job.data) === 'interactive' ? jweOf(job.data) : undefined
    const again = data ?? (jwe === undefined ? undefined : { jwe })
    return { kind: 'again', job, event, output: { ...history, ...reason }, data: again }
  }
  return { kind, job, event, data: data ?? keptData(job.data), reason, history }
}

/** The data that a dead letter keeps if it cannot be decrypted: all of it, wrapped in one member if its form is unknown. */
function keptData(data: unknown): object {
  const jwe = jweOf(data)
  return jwe === undefined ? { foreign: data } : { jwe }
}

async function logout(
  client: AttemptContext['client'],
  { tokens }: EntryAbout,
  secret: EntrySecret,
  signal: AbortSignal,
): Promise<readonly Revocation[]> {
  const of = (type: keyof EntrySecret): string | undefined =>
    tokens.some(({ tokenType }) => tokenType === type) ? secret[type] : undefined
  const unknown: Revocation = { state: 'unknown', revoked: false, attempts: 1, durationMs: 0 }
  try {
    const session = { refreshToken: of('refresh_token'), accessToken: of('access_token') }
    // Without retries, because the queue retries. No user waits, so the provider may take its time.
    const result = await client.logout(session, { retries: 0, deadlineMs: DEADLINE_MS, signal })
    return tokens.map(({ tokenType }) => result.tokens.find((token) => token.tokenType === tokenType) ?? unknown)
  } catch (error) {
    return tokens.map(() => (isLogoutError(error) ? { ...unknown, error } : unknown))
  }
}

function entryEvent({ id }: ClaimedJob, about: EntryAbout | undefined): EntryEvent {
  return { id, tokens: about?.tokens.map(({ fingerprint }) => fingerprint) ?? [] }
}
