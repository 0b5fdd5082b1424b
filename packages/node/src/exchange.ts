import type { IncomingHttpHeaders } from 'node:http'
import { type TransportRequest, TransportResponse } from '@backend-logout/core'
import type { Dispatcher } from 'undici'
import { AnswerBody } from './answer-body.ts'
import { networkError } from './network-error.ts'

type Controller = Dispatcher.DispatchController

/** The way to one URL. */
export interface Line {
  readonly pool: Dispatcher
  readonly origin: string
  readonly path: string
  /** Is called when a request has come to its end, whatever that is. */
  readonly leave: () => void
}

/** Sends one request and collects its answer; rejects when no complete one came, or when the signal aborts. */
export function exchange(line: Line, request: TransportRequest): Promise<TransportResponse> {
  const { pool, origin, path } = line
  const { method, headers, body = null } = request
  return new Promise((resolve, reject) => {
    const one = new Exchange(line, request, resolve, reject)
    // Without it any coding would do (RFC 9110 §12.5.3).
    const all = { 'accept-encoding': 'identity', ...headers }
    if (!one.settled) pool.dispatch({ origin, path, method, headers: all, body }, one)
  })
}

const aborted = (): Error => new Error('the request was aborted')

/** Receives what comes back for one request. It costs less than undici's `request`, which makes a stream of each body. */
class Exchange implements Dispatcher.DispatchHandler {
  settled = false
  readonly #line: Line
  readonly #request: TransportRequest
  readonly #resolve: (response: TransportResponse) => void
  readonly #reject: (error: Error) => void
  readonly #onAbort = (): void => {
    if (this.#settle()) this.#reject(aborted())
  }
  #controller: Controller | undefined
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: AnswerBody | undefined

  constructor(
    line: Line,
    request: TransportRequest,
    resolve: (response: TransportResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#line = line
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    if (request.signal.aborted) this.#onAbort()
    else request.signal.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Controller): void {
    // Given up while it waited for a connection. Thrown, it is dropped unsent, and the connection lives on.
    if (this.settled) throw aborted()
    this.#controller = controller
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // They are views of all that the socket has read in one go, which they would keep for as long as the answer lasts.
    controller.rawHeaders = null
    // Interim answers, such as 103 Early Hints.
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    // Of a redirect only the status counts; its body may be large, or never end.
    if (status >= 300 && status < 400) this.#finish()
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#body ??= new AnswerBody(this.#request.maxBodyBytes, this.#headers['content-encoding'])
    if (!this.#body.add(chunk)) this.#finish()
  }

  onResponseEnd(): void {
    this.#controller = undefined
    this.#finish()
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#fail(error)
  }

  #finish(): void {
    try {
      this.#answer(this.#body?.read() ?? { body: '', truncated: false })
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    // A refusal stays one when its text breaks off; a success counts only when it is complete.
    if (this.#status >= 400) this.#answer({ body: '', truncated: true })
    else if (this.#settle()) this.#reject(networkError(error))
  }

  #answer(body: ReturnType<AnswerBody['read']>): void {
    const headers = this.#headers
    const get = (name: string): string | null => headers[name.toLowerCase()]?.toString() ?? null
    if (this.#settle()) this.#resolve(new TransportResponse({ status: this.#status, headers: { get }, ...body }))
  }

  /** Whether this is the end of it. A connection with more to come is closed. */
  #settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.#request.signal.removeEventListener('abort', this.#onAbort)
    this.#controller?.abort(aborted())
    this.#line.leave()
    return true
  }
}
