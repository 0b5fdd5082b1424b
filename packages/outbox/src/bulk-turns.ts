import type { BulkPacer, PacedAttempt } from '@backend-logout/core'
import type { Store } from './boss.ts'
import { OutboxError } from './errors.ts'
import { type Health, healthOf } from './outcome.ts'
import { Pacer, type PacerOptions } from './pacer.ts'

/** A run that waits for its turn. */
interface Waiting {
  readonly go: () => void
  readonly give: (reason: unknown) => void
}

/**
 * Gives bulk runs turns of the pace that the workers of an outbox share, as one more worker with a backlog: after a
 * pause, workers with logouts that users wait for ask first.
 */
export class BulkTurns implements BulkPacer {
  readonly #pacer: Pacer
  readonly #closing: AbortSignal
  readonly #waiting = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined

  /** @param closing Aborts when the outbox closes. */
  constructor(store: Store, options: Pick<PacerOptions, 'emit' | 'report'>, closing: AbortSignal) {
    this.#pacer = new Pacer(store, { ...options, changed: () => this.#serve(), resumed: () => {} })
    this.#closing = closing
    closing.addEventListener('abort', () => {
      for (const { give } of [...this.#waiting]) give(closed())
    })
  }

  turn(signal: AbortSignal): Promise<void> {
    if (this.#closing.aborted) return Promise.reject(closed())
    if (signal.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(waiting)
        signal.removeEventListener('abort', onAbort)
        if (this.#waiting.size === 0) clearTimeout(this.#timer)
      }
      const waiting: Waiting = {
        go: () => {
          end()
          resolve()
        },
        give: (reason) => {
          end()
          reject(reason)
        },
      }
      const onAbort = (): void => waiting.give(signal.reason)
      signal.addEventListener('abort', onAbort)
      this.#waiting.add(waiting)
      this.#serve()
    })
  }

  learn({ revocation, throttled, retryAfterMs }: PacedAttempt): void {
    const code = revocation.error?.code === 'provider_unavailable' ? 'provider_unavailable' : 'rate_limited'
    const health: Health = throttled ? { kind: 'throttled', code, retryAfterMs } : healthOf([revocation])
    // A run may have other credentials than the workers, which continue if those are wrong.
    if (health.kind !== 'refused') this.#pacer.learn(health, performance.now() - revocation.durationMs)
  }

  /** Gives out the turns that have come, and reserves more. */
  #serve(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    for (const { go } of [...this.#waiting]) {
      if (!this.#pacer.take(now)) break
      go()
    }
    const { size } = this.#waiting
    if (size === 0) return
    if (this.#pacer.isTripped) this.#pacer.giveWay()
    // After the tokens that wait for a turn now, a run has more.
    this.#pacer.ask(now, Number.POSITIVE_INFINITY, size)
    const inMs = this.#pacer.nextAt() - performance.now()
    if (Number.isFinite(inMs)) this.#timer = setTimeout(() => this.#serve(), Math.max(0, inMs))
  }
}

function closed(): OutboxError {
  return new OutboxError('closed', 'The outbox is closed.')
}
