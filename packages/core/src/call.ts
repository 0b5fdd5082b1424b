import { type CallOptions, resolveLimits } from './call-options.ts'
import { emit, type LogoutEvent, type LogoutEventBase } from './events.ts'
import { fingerprintToken } from './fingerprint.ts'
import type { Provider } from './provider.ts'
import { lastOf, remember } from './recent-tokens.ts'
import { type Redact, redactor } from './redaction.ts'
import type { ProviderApi } from './request.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import { WINDOW } from './shared-windows.ts'
import type { Wait } from './time-limit.ts'

/** State that all calls of a client share. */
export interface ClientBase {
  readonly options: ResolvedOptions
  readonly api: ProviderApi
  /** Masked in the texts of every call, in addition to its own token and the application's credentials. */
  readonly secrets?: readonly string[]
  /** The tokens of the last calls, which a provider may repeat in a response to another call; see `remember()`. */
  readonly recent: string[]
  /** Gives each call its number. */
  readonly nextCall: () => number
}

/** A client: its calls, and the provider that they go to. */
export interface ClientCore extends ClientBase {
  readonly provider: Provider
}

/** One call in progress: its time, its signal, and the secrets that its texts must not contain. */
export interface Call extends Wait {
  readonly options: ResolvedOptions
  /** Members that all events of this call share. */
  readonly eventBase: LogoutEventBase
  readonly limits: ResolvedOptions['limits']
  readonly startedAt: number
  /** True if a bulk run waits for the throttling provider instead of this call: the run slows down as a whole. */
  readonly deferThrottling: boolean
  /** Everything that is masked in texts; credentials are added as they are created. */
  readonly secrets: (string | undefined)[]
  /** The tokens of the client's last calls, because a provider may repeat them. */
  readonly recent: readonly string[]
}

/** Starts a call: checks its limits, and announces it. */
export async function startCall(
  { options, secrets = [], recent, nextCall }: ClientBase,
  operation: LogoutEventBase['operation'],
  callOptions: CallOptions = {},
  token?: string,
  deferThrottling = false,
): Promise<Call> {
  const limits = resolveLimits(callOptions, options.limits)
  const startedAt = options.clock.now()
  const number = nextCall()
  if (token !== undefined) remember(recent, token, operation === 'revoke')
  // Hashing takes a tenth of a call, so only listeners pay for it. Pages without TLS cannot hash.
  const watched = options.onEvent !== undefined && token !== undefined
  const fingerprint = watched ? await fingerprintToken(token, options.fingerprintKey).catch(() => undefined) : undefined
  const call: Call = {
    options,
    eventBase: { call: number, operation, token: fingerprint },
    limits,
    startedAt,
    deadlineAt: startedAt + limits.deadlineMs,
    signal: callOptions.signal,
    deferThrottling,
    secrets: [token, options.appSecret, ...secrets],
    recent,
  }
  emitCall(call, () => ({ type: 'start' }))
  return call
}

/**
 * Makes the redactor for the texts of a call. The values of custom headers are included if they are as long as secrets.
 *
 * @param others Also masks the tokens of the client's other calls. Comparing a text with them takes longer than a
 * successful call, so a success omits them.
 */
export function redactorOf({ secrets, recent, options }: Call, others = true): Redact {
  const { 'user-agent': _, ...headers } = options.headers
  const long = Object.values(headers).filter((value) => value.length >= WINDOW)
  return redactor(secrets.concat(long, others ? lastOf(recent) : []))
}

/** Makes the function by which a transport adds a secret to those of a call. */
export function hideIn({ secrets }: Call): (secret: string) => void {
  return (secret) => void secrets.push(secret)
}

type WithoutBase<T> = T extends LogoutEvent ? Omit<T, keyof LogoutEventBase> & Pick<LogoutEventBase, 'endpoint'> : never

/** Emits an event of a call; `event` is called only when there is a listener. */
export function emitCall(call: Call, event: () => WithoutBase<LogoutEvent>): void {
  const { onEvent } = call.options
  if (onEvent) emit(onEvent, { ...call.eventBase, ...event() } as LogoutEvent)
}
