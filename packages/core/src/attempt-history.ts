import { type Call, redactorOf } from './call.ts'
import { ERROR_MEANING } from './codes.ts'
import { LogoutError } from './errors.ts'
import { type FailedAttempt, mayHaveArrived, reportFailure } from './failure-report.ts'
import type { Failed } from './outcome.ts'
import { redactCause } from './redaction.ts'
import { nextDelay } from './retry.ts'
import type { RevocationState } from './revocation.ts'
import { isThrottled } from './throttled.ts'
import { tokenState } from './token-state.ts'
import { isUnsent } from './unsent.ts'

/** Identifies a request in its errors. */
interface AttemptedRequest {
  readonly method: string
  readonly url: string
}

/** The failed attempts of one request, and their combined meaning. */
export class AttemptHistory {
  readonly #call: Call
  readonly #request: AttemptedRequest
  readonly #failures: FailedAttempt[] = []
  /** True once a request that was sent has had no response. */
  #possiblyDelivered = false

  constructor(call: Call, request: AttemptedRequest) {
    this.#call = call
    this.#request = request
  }

  add(attempt: FailedAttempt): void {
    const failure = attempt.code === 'network' ? { ...attempt, unsent: isUnsent(attempt.thrown) } : attempt
    this.#failures.push(failure)
    this.#possiblyDelivered ||= mayHaveArrived(failure)
  }

  /** The wait before the next attempt, in milliseconds; `undefined` without another attempt. */
  nextDelay(): number | undefined {
    const { options, limits, deadlineAt, deferThrottling } = this.#call
    return nextDelay({
      attempts: this.#failures.length,
      retries: limits.retries,
      failure: this.#last(),
      deferThrottling,
      remainingMs: deadlineAt - options.clock.now(),
      random: options.clock.random(),
    })
  }

  /** The call ends with the last failure. */
  failed(): Failed {
    const error = reportFailure(this.#call, this.#request, this.#failures)
    return this.#end(error, this.#state())
  }

  /** The call ends because it was aborted while it waited. */
  aborted(): Failed {
    const cause = reportFailure(this.#call, this.#request, this.#failures)
    const attempts = this.#failures.length
    const error = new LogoutError('aborted', 'The call was aborted while it waited to retry.', { attempts, cause })
    return this.#end(error, this.#state())
  }

  /** The call ends with an error that a transport or client authentication threw instead of sending a request. */
  refused(error: LogoutError): Failed {
    return this.#end(redactCause(error, redactorOf(this.#call)) as LogoutError, 'live')
  }

  /** The state of the token, by the last failure. */
  #state(): RevocationState {
    const last = this.#last()
    return last.unsent ? 'live' : ERROR_MEANING[last.code].token
  }

  #last(): FailedAttempt {
    return this.#failures.at(-1) as FailedAttempt
  }

  #end(error: LogoutError, state: RevocationState): Failed {
    return {
      ok: false,
      attempts: this.#failures.length,
      error,
      state: tokenState(state, this.#possiblyDelivered),
      throttled: isThrottled(error),
    }
  }
}
