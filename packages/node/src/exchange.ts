import type { IncomingHttpHeaders } from 'node:http'
import { type TransportRequest, TransportResponse } from '@backend-logout/core'
import type { Dispatcher } from 'undici'
import { BodyBuffer } from './body-buffer.ts'
import { networkError } from './network-error.ts'

type Controller = Dispatcher.DispatchController

/** The route to one URL. */
export interface Line {
  readonly pool: Dispatcher
  readonly origin: string
  readonly path: string
  /** The failure of a connection, if that is what ends the response. */
  readonly failure: () => Error | undefined
  /** Called when a request has ended, with any outcome. */
  readonly leave: () => void
}

/** Sends one request and collects the response. Rejects if it is not complete, or if the signal aborts. */
export function exchange(line: Line, request: TransportRequest): Promise<TransportResponse> {
  const { pool, origin, path } = line
  const { method, headers, body = null } = request
  return new Promise((resolve, reject) => {
    const one = new Exchange(line, request, resolve, reject)
    // Without this header, any coding would be acceptable (RFC 9110 §12.5.3).
    const all = { 'accept-encoding': 'identity', ...headers }
    if (!one.settled) pool.dispatch({ origin, path, method, headers: all, body }, one)
  })
}

const aborted = (): Error => new Error('the request was aborted')

/** Receives the response to one request. Cheaper than undici's `request`, which creates a stream for each body. */
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
  /** True once the request has a connection, on which it is sent. */
  #started = false
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: BodyBuffer | undefined

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
    // The caller gave up while the request waited for a connection. Throwing drops it unsent and keeps the connection.
    if (this.settled) throw aborted()
    this.#controller = controller
    this.#started = true
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // These are views of the buffer that the socket read into, which they would keep alive until the response ends.
    controller.rawHeaders = null
    // Interim responses, such as 103 Early Hints.
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    // Only the status of a redirect matters; its body may be large or endless.
    if (status >= 300 && status < 400) this.#finish()
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    const { 'content-encoding': encoding, 'content-type': type } = this.#headers
    this.#body ??= new BodyBuffer(this.#request.maxBodyBytes, encoding, type)
    if (!this.#body.add(chunk)) this.#finish()
  }

  onResponseEnd(): void {
    this.#controller = undefined
    // To undici, a response without a length is complete even if its connection was reset.
    const failure = this.#status < 300 ? this.#line.failure() : undefined
    if (failure) this.#fail(failure)
    else this.#finish()
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
    // A refusal remains a refusal if its body breaks off; a success must be complete.
    if (this.#status >= 400) this.#answer({ body: '', truncated: true })
    else if (this.#settle()) this.#reject(networkError(error, this.#started))
  }

  #answer(body: ReturnType<BodyBuffer['read']>): void {
    const headers = this.#headers
    const get = (name: string): string | null => headers[name.toLowerCase()]?.toString() ?? null
    if (this.#settle()) this.#resolve(new TransportResponse({ status: this.#status, headers: { get }, ...body }))
  }

  /** Ends the exchange once; returns `true` for the call that did. Closes a connection on which more would follow. */
  #settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.#request.signal.removeEventListener('abort', this.#onAbort)
    this.#controller?.abort(aborted())
    this.#line.leave()
    return true
  }
}
