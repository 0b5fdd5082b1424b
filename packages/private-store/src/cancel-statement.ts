import pg from 'pg'

/** The members of a client of `pg` that its declarations lack. */
interface Connected {
  readonly host: string
  readonly port: number
  readonly ssl: boolean | object
  readonly sslNegotiation: string
  readonly processID: number
  readonly secretKey: number
}

/** The members of a connection of `pg` that its declarations lack. */
interface Connection extends pg.Connection {
  connect(portOrSocket: number | string, host?: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
}

/** Time limit for the whole connection, in milliseconds. */
const CANCEL_MS = 1_000

/**
 * Asks the server to cancel the statement of a connection. This takes another connection, without a login, to the same
 * address, with TLS if the first one has it. The server answers only on the first one.
 *
 * @see {@link https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS | canceling requests}
 */
export function cancelStatement(client: pg.ClientBase): void {
  const { host, port, ssl, sslNegotiation, processID, secretKey } = client as unknown as Connected
  const connection = new pg.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig) as Connection
  const send = (): void => connection.cancel(processID, secretKey)
  const timer = setTimeout(() => connection.stream.destroy(), CANCEL_MS)
  connection.on('error', () => {})
  connection.on('end', () => clearTimeout(timer))
  connection.on('sslconnect', send)
  connection.on('connect', () => {
    if (!ssl) send()
    else if (sslNegotiation !== 'direct') connection.requestSsl()
  })
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
  else connection.connect(port, host)
}
