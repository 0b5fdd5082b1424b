import { type ClientOptions, fetchTransport, invalidOption, LogoutError, type Transport } from '@backend-logout/core'
import type { DenoConnectionOptions } from './connection-options.ts'
import { openHttpClient } from './http-client.ts'
import { explainRefusal } from './permission.ts'

/** A transport, and the function that closes it. */
export interface ClosableTransport {
  readonly transport: Transport
  readonly close: () => void
}

type Options = DenoConnectionOptions & Pick<ClientOptions, 'fetch' | 'transport'>

/**
 * Creates a {@link Transport} over Deno's `fetch`, or around the caller's own.
 *
 * @throws LogoutError `invalid_options` when an option is wrong, or a permission for the proxy is missing
 */
export function createDenoTransport(options: Options): ClosableTransport {
  const { tls, proxy, pool, fetch: ownFetch, transport: own } = options
  if (own !== undefined && typeof own?.send !== 'function') {
    invalidOption('transport.send', 'must be a function.')
  }
  const connection = (tls ?? proxy ?? pool) === undefined ? undefined : { tls, proxy, pool }
  if (connection && (ownFetch || own)) {
    const [name = ''] = Object.entries({ tls, proxy, pool }).find(([, value]) => value !== undefined) ?? []
    invalidOption(name, 'has no effect on your own fetch or transport.')
  }
  const client = connection && openHttpClient(connection)
  const overClient: typeof fetch | undefined = client && ((input, init) => fetch(input, { ...init, client }))
  const inner = own ?? fetchTransport(ownFetch ?? overClient)
  let closed = false
  return {
    transport: {
      mutualTls: inner.mutualTls ?? tls?.cert !== undefined,
      async send(request) {
        if (closed) throw new LogoutError('aborted', 'This client is closed. Nothing was sent.')
        try {
          return await inner.send(request)
        } catch (error) {
          const { host } = new URL(request.url)
          throw explainRefusal(error, `A request to ${host}`, '--allow-net', host)
        }
      },
    },
    close() {
      if (!closed) client?.close()
      closed = true
    },
  }
}
