import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENDPOINT_NAMES, type EndpointName } from './endpoints.ts'

/** GenAuth's way to report an error inside a response with status 200. */
export interface EnvelopeError {
  /** The status inside the body; HTTP reports 200. */
  readonly statusCode: number
  /** GenAuth's own number of the error. */
  readonly apiCode?: number
  /** The text of the error. */
  readonly message: string
  /** @default a fresh UUID */
  readonly requestId?: string
}

/**
 * Overrides the emulator's response. The parts combine: a delay comes first; `status`, `headers`, `body` and
 * `envelopeError` define the response; `hang`, `drop` and `endless` decide how it ends. After a fault that is only a
 * delay, the usual response follows.
 */
export interface Fault {
  /**
   * The endpoint of the fault; `any` means all of them.
   * @default 'revocation'
   */
  readonly endpoint?: EndpointName | 'any'
  /** The HTTP status. @default 200 */
  readonly status?: number
  /** Further headers of the response. */
  readonly headers?: Readonly<Record<string, string>>
  /** The body; an object is sent as JSON. */
  readonly body?: string | object
  /** GenAuth's error inside HTTP 200; replaces `body`. */
  readonly envelopeError?: EnvelopeError
  /** Delay before anything is sent, in milliseconds. */
  readonly delayMs?: number
  /** Never ends the response; and never starts it, unless there is a status or a body. */
  readonly hang?: boolean
  /**
   * Closes the connection instead of responding; if there is a body, after it, which truncates it. `'reset'` closes it
   * with a TCP reset.
   */
  readonly drop?: boolean | 'reset'
  /** Follows the body with white space for as long as the client reads. */
  readonly endless?: boolean
  /** Executes the request first, so that only its response is lost. */
  readonly handled?: boolean
}

/** A {@link Fault} for a number of requests. */
export interface NextFault extends Fault {
  /** Number of requests that this applies to. @default 1 */
  readonly times?: number
}

const ENVELOPE: ReadonlySet<string> = new Set<keyof EnvelopeError>(['statusCode', 'apiCode', 'message', 'requestId'])

const CHECKS: Readonly<Record<keyof NextFault, (value: unknown) => boolean>> = {
  endpoint: (value) => value === 'any' || ENDPOINT_NAMES.has(String(value)),
  times: isPositiveInteger,
  status: (value) => isPositiveInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  headers: (value) => isObject(value) && Object.values(value).every((header) => typeof header === 'string'),
  body: (value) => typeof value === 'string' || isObject(value),
  envelopeError: (value) =>
    isObject(value) &&
    Object.keys(value).every((name) => ENVELOPE.has(name)) &&
    'statusCode' in value &&
    isPositiveInteger(value.statusCode),
  delayMs: (value) => typeof value === 'number' && value >= 0 && value < 2 ** 31,
  hang: isBoolean,
  drop: (value) => isBoolean(value) || value === 'reset',
  endless: isBoolean,
  handled: isBoolean,
}

/** The queued responses: first those for a number of requests, in order, then the lasting ones. */
export class Faults {
  #queue: { readonly fault: Fault; left: number }[] = []
  readonly #lasting = new Map<string, Fault>()

  /** Queues a response for the next requests. */
  next(fault: NextFault): void {
    const { times = 1, ...rest } = check(fault)
    this.#queue.push({ fault: rest, left: times })
  }

  /** Queues a response for every request from now on; it replaces the endpoint's previous one. */
  always(fault: Fault): void {
    this.#lasting.set(check(fault).endpoint ?? 'revocation', fault)
  }

  /** Restores the usual responses. */
  clear(): void {
    this.#queue = []
    this.#lasting.clear()
  }

  /** Removes and returns the next response of an endpoint. */
  take(endpoint: EndpointName | undefined): Fault | undefined {
    if (endpoint === undefined) return undefined
    const next = this.#queue.find(({ fault: { endpoint: wanted = 'revocation' } }) =>
      [endpoint, 'any'].includes(wanted),
    )
    if (next === undefined) return this.#lasting.get(endpoint) ?? this.#lasting.get('any')
    next.left -= 1
    if (next.left === 0) this.#queue.splice(this.#queue.indexOf(next), 1)
    return next.fault
  }
}

/**
 * Sends the queued response.
 *
 * @returns Whether there was a response; a fault may be only a delay.
 */
export async function rehearse(fault: Fault, response: ServerResponse, signal: AbortSignal): Promise<boolean> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal })
  const { status, headers, body, envelopeError, hang = false, drop = false, endless = false } = fault
  const hasAnswer = [status, headers, body, envelopeError].some((part) => part !== undefined) || endless

  if (hasAnswer) {
    const [content, type] = envelopeError ? readBody({ requestId: randomUUID(), ...envelopeError }) : readBody(body)
    response.writeHead(status ?? 200, { ...(type === undefined ? {} : { 'content-type': type }), ...headers })
    if (!hang && !drop && !endless) {
      response.end(content)
      return true
    }
    response.flushHeaders()
    await new Promise<void>((resolve) => response.write(content, () => resolve()))
  }
  if (endless) await writeWithoutEnd(response)
  else if (drop === 'reset') response.socket?.resetAndDestroy()
  else if (drop) response.socket?.destroy()
  return hasAnswer || hang || drop !== false
}

function readBody(body: string | object = ''): [content: string, type?: string] {
  return typeof body === 'string' ? [body] : [JSON.stringify(body), 'application/json; charset=utf-8']
}

async function writeWithoutEnd(response: ServerResponse): Promise<void> {
  const chunk = ' '.repeat(16 * 1024)
  // Waiting for each chunk to leave keeps the emulator's memory flat, however slowly the client reads. Node.js 26 does
  // not report a response as destroyed when its connection is gone: only the write fails.
  for (let open = true; open; ) {
    open = await new Promise<boolean>((resolve) => {
      const stop = (): void => resolve(false)
      response.once('close', stop)
      response.write(chunk, (error) => {
        response.off('close', stop)
        resolve(!error && !response.destroyed)
      })
    })
  }
}

function check<T extends NextFault>(fault: T): T {
  for (const [name, value] of Object.entries(fault)) {
    const isValid = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof NextFault] : undefined
    if (isValid === undefined) throw new TypeError(`an answer has no property ${name}`)
    if (value !== undefined && !isValid(value))
      throw new TypeError(`the property ${name} of an answer has an invalid value`)
  }
  return fault
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isPositiveInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}
