import { isLogoutError, type LogoutClient, type Revocation } from '@backend-logout/core'
import type { Job } from 'pg-boss'
import { type EntryAbout, type EntrySecret, entryOf, type JobData, readEntry, sealEntry } from './entry.ts'
import type { OutboxEvent } from './events.ts'
import type { IsPast } from './expiry.ts'
import { fateOf, type Health, type History, healthOf, type Reason } from './fate.ts'
import type { Keyring } from './keyring.ts'
import type { Settlement } from './settler.ts'

/** What an attempt needs. */
export interface AttemptContext {
  readonly client: Pick<LogoutClient, 'logout'>
  readonly keyring: Keyring
  readonly maxRefusals: number
  readonly isPast: IsPast
  /** Gives up on what is under way. */
  readonly signal: AbortSignal
  /** Looks up what is known of earlier attempts, and the database's time of this one. */
  readonly recall: (id: string) => Promise<Recalled | undefined>
}

/** A logout that was claimed. */
export type ClaimedJob = Job<JobData>
/** What is known of a logout that was tried before. */
export interface Recalled {
  readonly output: unknown
  readonly startedOn: Date
}

/** Tries to do a logout, once for each of its tokens. Never rejects. */
export async function attempt(
  { client, keyring, maxRefusals, isPast, signal, recall }: AttemptContext,
  job: ClaimedJob,
): Promise<{ readonly settlement: Settlement; readonly health: Health }> {
  const recalled = job.retryCount > 0 ? await recall(job.id) : undefined
  const before = readHistory(recalled?.output)
  const unsealed = keyring.unseal(job.data?.jwe)
  const stored = unsealed.ok ? entryOf(unsealed.about) : readEntry(job.data)
  if (!stored || !unsealed.ok) {
    const code = unsealed.ok ? 'undecryptable' : unsealed.code
    const history = { ...before, refusals: before.refusals + 1 }
    const kind = history.refusals < maxRefusals ? 'retry' : 'dead'
    return { settlement: unfinished(job, kind, stored, { code }, history), health: { kind: 'unknown' } }
  }

  // What was not tried before is not given up before it was: should every clock be wrong, it is not lost for that.
  const past = (timeMs: number): boolean =>
    recalled !== undefined && before.attempts > 0 && isPast(timeMs, recalled.startedOn)
  const tokens = stored.tokens.filter(({ expiresAt }) => !past(expiresAt))
  if (tokens.length === 0) {
    return { settlement: { kind: 'done', job, event: eventOf(job, stored, 'expired') }, health: { kind: 'unknown' } }
  }
  const about: EntryAbout = { ...stored, tokens }
  const secret = unsealed.secret as EntrySecret
  const revocations = await logout(client, about, secret, signal)
  const health = healthOf(revocations)
  const fate = fateOf(about, revocations, before, maxRefusals, past)
  if (fate.kind === 'revoked') {
    const { attempts } = fate.history
    const waitedMs = Date.now() - stored.addedAt
    const event: OutboxEvent = { ...aboutEvent(job, stored), type: 'revoked', attempts, waitedMs }
    return { settlement: { kind: 'done', job, event }, health }
  }
  const left: EntryAbout = { ...stored, tokens: fate.left }
  if (fate.kind === 'expired') {
    return { settlement: { kind: 'done', job, event: eventOf(job, left, 'expired') }, health }
  }
  const data = left.tokens.length < stored.tokens.length ? sealEntry(keyring, left, secret) : undefined
  return { settlement: unfinished(job, fate.kind, left, fate.reason, fate.history, data), health }
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
  const event: OutboxEvent = { ...aboutEvent(job, about), type: kind, code: reason.code, attempts }
  if (kind === 'dead') return { kind, job, event, data: data ?? job.data, reason, history }
  return { kind: 'again', job, event, output: { ...history, ...reason }, data }
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
    // Once: to try again is what the queue is for.
    const result = await client.logout(session, { retries: 0, signal })
    return tokens.map(({ tokenType }) => result.tokens.find((token) => token.tokenType === tokenType) ?? unknown)
  } catch (error) {
    return tokens.map(() => (isLogoutError(error) ? { ...unknown, error } : unknown))
  }
}

function readHistory(output: unknown): History {
  const { attempts, refusals } = (output ?? {}) as Partial<Record<keyof History, unknown>>
  return {
    attempts: typeof attempts === 'number' ? attempts : 0,
    refusals: typeof refusals === 'number' ? refusals : 0,
  }
}

function aboutEvent({ id }: ClaimedJob, about: EntryAbout | undefined): { id: string; tokens: readonly string[] } {
  return { id, tokens: about?.tokens.map(({ fingerprint }) => fingerprint) ?? [] }
}

function eventOf(job: ClaimedJob, about: EntryAbout, type: 'expired'): OutboxEvent {
  return { ...aboutEvent(job, about), type }
}
