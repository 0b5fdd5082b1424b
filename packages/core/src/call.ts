import { emit, type LogoutEvent, type LogoutEventBase } from './events.ts'
import { fingerprintToken } from './fingerprint.ts'
import { type CallOptions, type ResolvedOptions, resolveLimits } from './options.ts'
import type { Provider } from './provider.ts'
import type { ProviderApi } from './request.ts'

/** What every part of one client shares. */
export interface ClientCore {
  readonly options: ResolvedOptions
  readonly api: ProviderApi
  readonly provider: Provider
  /** What is masked in the texts of every call, besides its own token and the application's credentials. */
  readonly secrets?: readonly string[]
  /** Gives each call its number. */
  readonly nextCall: () => number
}

/** How long something may be waited for. */
export interface Wait {
  readonly core: ClientCore
  /** In the time of the client's clock. */
  readonly deadlineAt: number
  readonly signal?: AbortSignal | undefined
}

/** One call in progress: its time, its signal, and what must never be seen of it. */
export interface Call extends Wait {
  readonly about: LogoutEventBase
  readonly limits: ResolvedOptions['limits']
  readonly startedAt: number
  /** Whether a bulk run does the waiting when the provider throttles, because it must slow down as a whole. */
  readonly handsBackThrottling: boolean
  /** Everything that is masked in texts; credentials are added as they are made. */
  readonly secrets: (string | undefined)[]
}

/** Starts a call: checks its limits, and announces it. */
export function startCall(
  core: ClientCore,
  operation: LogoutEventBase['operation'],
  options: CallOptions = {},
  token?: string,
  handsBackThrottling = false,
): Call | Promise<Call> {
  const limits = resolveLimits(options, core.options.limits)
  const { onEvent, clock, appSecret } = core.options
  const startedAt = clock.now()
  const call: Call = {
    core,
    about: { call: core.nextCall(), operation, token: undefined },
    limits,
    startedAt,
    deadlineAt: startedAt + limits.deadlineMs,
    signal: options.signal,
    handsBackThrottling,
    secrets: core.secrets ? [token, appSecret, ...core.secrets] : [token, appSecret],
  }
  return onEvent ? announce(call, token) : call
}

// Hashing, and waiting for it, is for those who watch only; it would be a tenth of the cost of a call.
async function announce(call: Call, token: string | undefined): Promise<Call> {
  // Pages without TLS cannot hash.
  const fingerprint = token === undefined ? undefined : await fingerprintToken(token).catch(() => undefined)
  const announced = { ...call, about: { ...call.about, token: fingerprint } }
  tell(announced, () => ({ type: 'start' }))
  return announced
}

type Untold<T> = T extends LogoutEvent ? Omit<T, keyof LogoutEventBase> & Pick<LogoutEventBase, 'endpoint'> : never

/** Tells whoever watches what happens in a call; `event` is only made when somebody does. */
export function tell(call: Call, event: () => Untold<LogoutEvent>): void {
  const { onEvent } = call.core.options
  if (onEvent) emit(onEvent, { ...call.about, ...event() } as LogoutEvent)
}
