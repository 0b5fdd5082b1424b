import { isLogoutError, type LogoutClient, type LogoutResult, type Revocation } from '@backend-logout/core'
import type { JobWithMetadata } from 'pg-boss'
import { type EntryAbout, type EntrySecret, type JobData, readEntry, sealEntry } from './entry.ts'
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
}

/** A logout that was claimed. */
export type ClaimedJob = JobWithMetadata<JobData>

/** Tries to do a logout, once for each of its tokens. Never rejects. */
export async function attempt(
  { client, keyring, maxRefusals, isPast, signal }: AttemptContext,
  job: ClaimedJob,
): Promise<{ readonly settlement: Settlement; readonly health: Health }> {
  const before = readHistory(job.output)
  const stored = readEntry(job.data)
  const unsealed = stored && (await keyring.unseal(job.data.jwe))
  if (!stored || !unsealed?.ok) {
    const code = unsealed?.ok === false ? unsealed.code : 'undecryptable'
    const history = { ...before, refusals: before.refusals + 1 }
    const kind = history.refusals < maxRefusals ? 'retry' : 'dead'
    return { settlement: unfinished(job, kind, stored, { code }, history), health: { kind: 'unknown' } }
  }

  const past = (timeMs: number): boolean => isPast(timeMs, job.startedOn)
  // Each is tried at least once: should every clock be wrong, it is not lost for that.
  const tokens = before.attempts > 0 ? stored.tokens.filter(({ expiresAt }) => !past(expiresAt)) : stored.tokens
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
  const data = left.tokens.length < stored.tokens.length ? await sealEntry(keyring, left, secret) : undefined
  return { settlement: unfinished(job, fate.kind, left, fate.reason, fate.history, data), health }
}

/** Gives a job back that was not tried. */
export function giveBack(job: ClaimedJob): Settlement {
  return { kind: 'again', job, output: job.output ?? null }
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
  let result: LogoutResult
  try {
    // Once: to try again is what the queue is for.
    const session = { refreshToken: of('refresh_token'), accessToken: of('access_token') }
    result = await client.logout(session, { retries: 0, signal })
  } catch (error) {
    const failed: Revocation = { state: 'unknown', revoked: false, attempts: 1, durationMs: 0 }
    return tokens.map(() => (isLogoutError(error) ? { ...failed, error } : failed))
  }
  const lost: Revocation = { state: 'unknown', revoked: false, attempts: 0, durationMs: 0 }
  return tokens.map(({ tokenType }) => result.tokens.find((token) => token.tokenType === tokenType) ?? lost)
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
