import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** A response as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** The proxy or firewall that sent this instead of the provider, by its headers. */
  readonly sentBy: string | undefined
  /** The media type alone; `undefined` without the header. */
  readonly contentType: string | undefined
  /** The length of the body on the wire, in bytes. */
  bodyBytes: number
  /** The beginning of the body, to recognize its form. It is never shown. */
  bodyStart: string
}

/** More than the response of any endpoint to a made-up token. */
const MAX_START = 4_096

/** The connection that requests went over. */
export interface WireConnection {
  readonly remoteAddress: string | undefined
  readonly tls: { readonly protocol: string; readonly certificate: WireCertificate | undefined } | undefined
}

/** The provider's certificate. */
interface WireCertificate {
  readonly subject: string
  readonly issuer: string
  readonly validTo: Date
}

interface ConnectedMessage {
  readonly socket: Socket
  readonly connectParams: { readonly host: string }
}

interface HeadersMessage {
  readonly request: object
  readonly response: { readonly statusCode: number; readonly headers: readonly (Buffer | string)[] }
}

/**
 * Observes the traffic of the connection pool through its diagnostics channels. So the doctor sees the actual requests
 * of the client, proxies and certificates included.
 */
export class WireTap implements Disposable {
  /** The last response. */
  answer: WireAnswer | undefined
  /** The last connection that was made. */
  connection: WireConnection | undefined
  /** The certificates of earlier connections, by host and port. */
  readonly #certificates = new Map<string, WireCertificate>()
  readonly #answers = new WeakMap<object, WireAnswer>()
  readonly #subscriptions: readonly (readonly [name: string, listener: (message: unknown) => void])[]

  constructor() {
    this.#subscriptions = [
      ['undici:client:connected', (message) => this.#connected(message as ConnectedMessage)],
      ['undici:request:headers', (message) => this.#headers(message as HeadersMessage)],
      ['undici:request:bodyChunkReceived', (message) => this.#chunk(message as { request: object; chunk: Uint8Array })],
    ]
    for (const [name, listener] of this.#subscriptions) subscribe(name, listener)
  }

  /** Forgets the last response. */
  reset(): void {
    this.answer = undefined
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#subscriptions) unsubscribe(name, listener)
  }

  #connected({ socket, connectParams: { host } }: ConnectedMessage): void {
    const { remoteAddress } = socket
    if (!isEncrypted(socket)) {
      this.connection = { remoteAddress, tls: undefined }
      return
    }
    // A resumed connection shows none: it continues an earlier one, with the certificate of that.
    const certificate = certificateOf(socket) ?? this.#certificates.get(host)
    if (certificate) this.#certificates.set(host, certificate)
    this.connection = { remoteAddress, tls: { protocol: socket.getProtocol() ?? 'TLS', certificate } }
  }

  #headers({ request, response }: HeadersMessage): void {
    const { statusCode, headers } = response
    let contentType: string | undefined
    let sentBy = statusCode === 511 ? 'a captive portal' : undefined
    for (let at = 0; at < headers.length; at += 2) {
      const name = String(headers[at]).toLowerCase()
      const value = String(headers[at + 1])
      if (name === 'content-type') contentType = value
      sentBy ??= INTERMEDIARIES.find(([header, text]) => header === name && text.test(value))?.[2]
    }
    // A hostile provider may send anything, and this goes to a terminal.
    const mediaType = contentType?.split(';', 1)[0]?.trim().slice(0, 60)
    this.answer = {
      status: statusCode,
      sentBy,
      contentType: mediaType && /^[\x21-\x7e]+$/.test(mediaType) ? mediaType : undefined,
      bodyBytes: 0,
      bodyStart: '',
    }
    this.#answers.set(request, this.answer)
  }

  #chunk({ request, chunk }: { readonly request: object; readonly chunk: Uint8Array }): void {
    const answer = this.#answers.get(request)
    if (!answer) return
    answer.bodyBytes += chunk.length
    const missing = MAX_START - answer.bodyStart.length
    if (missing > 0) answer.bodyStart += Buffer.from(chunk.subarray(0, missing)).toString('latin1')
  }
}

function isEncrypted(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket && socket.encrypted === true
}

function certificateOf(socket: TLSSocket): WireCertificate | undefined {
  const { subject, issuer, valid_to } = socket.getPeerCertificate()
  if (!valid_to) return undefined
  return {
    subject: [subject?.CN].flat()[0] ?? 'no name',
    issuer: [issuer?.O ?? issuer?.CN].flat()[0] ?? 'no name',
    validTo: new Date(valid_to),
  }
}

/** Headers by which firewalls can be recognized. Some are also on responses of the provider that they let through. */
const INTERMEDIARIES: readonly (readonly [header: string, value: RegExp, name: string])[] = [
  ['cf-mitigated', /./, "Cloudflare's firewall"],
  ['server', /^cloudflare/i, 'Cloudflare'],
  ['x-amzn-waf-action', /./, "Amazon's firewall"],
  ['server', /^awselb/i, "Amazon's load balancer"],
  ['server', /^AkamaiGHost/i, 'Akamai'],
  ['x-iinfo', /./, 'Imperva'],
  ['x-datadome', /./, 'DataDome'],
  ['x-sucuri-block', /./, 'Sucuri'],
]

/** True for the response of an introspection endpoint (RFC 7662). */
export function isIntrospection({ bodyStart }: WireAnswer): boolean {
  try {
    return typeof JSON.parse(bodyStart)?.active === 'boolean'
  } catch {
    return false
  }
}

/** Describes a response in a few words. */
export function describeAnswer({ status, contentType, bodyBytes }: WireAnswer): string {
  const body = bodyBytes === 0 ? 'empty body' : `body of ${bodyBytes} bytes`
  return `${status}, ${contentType ?? 'no content type'}, ${body}`
}
