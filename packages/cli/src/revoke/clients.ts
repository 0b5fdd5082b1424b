import { type EnvironmentOptions, isLogoutError, type LogoutClient } from '@backend-logout/node'
import { CommandError } from '../command-error.ts'
import {
  CLIENT_AUTH,
  type Connection,
  type ConnectionOptions,
  connect,
  readSettings,
  type Settings,
} from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { readSecretFile } from '../files/read-text-file.ts'
import { repeatsAnyMember } from '../input/repeated-members.ts'
import type { TokenRow } from '../input/row.ts'
import { describeLogoutError } from '../logout-error.ts'
import { rehearse } from '../rehearsal.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { RunClients } from './revoke-rows.ts'

/** Options that select the clients of a run. */
export interface ClientOptions extends ConnectionOptions {
  readonly clientColumn?: string
  readonly clients?: string
}

/** The clients of a run, connected. */
export interface Clients extends RunClients, AsyncDisposable {
  /** The application's name in journals and reports. */
  readonly app: string
  readonly provider: string
  /** True if there are credentials for a client. If rows do not name their clients, there always are. */
  has(id: string | undefined): boolean
}

interface Credentials {
  readonly secret?: string
  readonly clientAuth?: string
}

const MAX_CLIENTS = 1_000

/**
 * Connects the client of the environment; or, with `--client-column`, all clients of the file of credentials.
 *
 * @throws CommandError, LogoutError
 */
export async function connectClients(
  options: ClientOptions,
  overrides: EnvironmentOptions,
  terminal: Terminal,
): Promise<Clients> {
  const { clientColumn, clients: file } = options
  if ((clientColumn === undefined) !== (file === undefined)) {
    throw refusal('--client-column and --clients must be passed together.')
  }
  if (clientColumn === undefined || file === undefined) return onlyClient(options, overrides, terminal)
  const role = 'The file of --clients'
  const credentials = parseCredentials(await readSecretFile(file, role, terminal))
  // The file has all secrets, so the environment needs none.
  const { secretFile: _, ...connection } = options
  const settings = await readSettings(connection, terminal, withoutApplication(terminal.env))
  const connections = new Map<string, Connection>()
  // All of them are created before anything is sent, so that a mistake in the file is found at the start.
  for (const [id, entry] of credentials) {
    const own = settingsOf(settings, id, entry)
    connections.set(id, connect(own, overrides))
    await rehearse(own).catch((error) => refuseClient(error, connections.size))
  }
  const [first] = connections.values()
  return {
    only: undefined,
    app: `the clients in column ${clientColumn}`,
    provider: first?.provider ?? '',
    has: (id) => id !== undefined && connections.has(id),
    of: ({ client }: TokenRow): LogoutClient => {
      const connection = connections.get(client ?? '')
      if (!connection) throw new Error('A row of an unknown client was given out.')
      return connection.client
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...connections.values()].map((connection) => connection.client.close()))
    },
  }
}

async function onlyClient(options: ClientOptions, overrides: EnvironmentOptions, terminal: Terminal): Promise<Clients> {
  const settings = await readSettings(options, terminal)
  const connection = connect(settings, overrides)
  await rehearse(settings)
  return {
    only: connection.client,
    app: connection.appId,
    provider: connection.provider,
    has: () => true,
    of: () => connection.client,
    [Symbol.asyncDispose]: () => connection.client.close(),
  }
}

function settingsOf({ env, tls }: Settings, id: string, { secret, clientAuth }: Credentials): Settings {
  return {
    tls,
    env: { ...env, AUTHING_APP_ID: id, AUTHING_APP_SECRET: secret, AUTHING_APP_CLIENT_AUTH: clientAuth },
  }
}

/** The variable in the message of an error is not what the user has set. */
function refuseClient(error: unknown, position: number): never {
  if (!isLogoutError(error)) throw error
  throw refusal(`${placeOf(position)}: ${describeLogoutError(error)}`)
}

function withoutApplication(env: Terminal['env']): Terminal['env'] {
  const { AUTHING_APP_ID, AUTHING_APP_SECRET, AUTHING_APP_SECRET_FILE, AUTHING_APP_PRIVATE_KEY_FILE, ...rest } = env
  return rest
}

/** Reads `{"app-web": {"secret": "…", "clientAuth": "client_secret_basic"}, "app-spa": {"clientAuth": "none"}}`. */
function parseCredentials(text: string): ReadonlyMap<string, Credentials> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refusal(`${FORM} It is not valid JSON.`)
  }
  if (!isObject(value)) throw refusal(FORM)
  if (repeatsAnyMember(text, 2)) throw refusal('The file of --clients has a client, or a member of one, twice.')
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > MAX_CLIENTS) throw refusal(`It must name 1 to ${MAX_CLIENTS} clients.`)
  return new Map(entries.map(([id, entry], at) => [id, credentialsOf(id, entry, at + 1)]))
}

function credentialsOf(id: string, entry: unknown, position: number): Credentials {
  const where = placeOf(position)
  if (id.trim() === '' || !isObject(entry)) throw refusal(`${where} is wrong. ${FORM}`)
  for (const [name, value] of Object.entries(entry)) {
    if (name !== 'secret' && name !== 'clientAuth') {
      throw refusal(`${where} has a member that is not supported. Its members can be "secret" and "clientAuth".`)
    }
    if (typeof value !== 'string' || value === '') throw refusal(`${where}: "${name}" must be a non-empty string.`)
  }
  const { secret, clientAuth = '' }: Credentials = entry
  if (clientAuth !== '' && !METHODS.includes(clientAuth)) {
    // The value is not repeated: it may be a secret in the wrong member.
    throw refusal(`${where}: "clientAuth" must be one of ${METHODS.join(', ')}.`)
  }
  if (secret === undefined && !WITHOUT_SECRET.includes(clientAuth)) {
    throw refusal(`${where} has no "secret". A public client has "clientAuth": "none".`)
  }
  return entry
}

const placeOf = (position: number): string => `Client ${position} of the file of --clients`

/** The file has no private keys. */
const METHODS: readonly string[] = CLIENT_AUTH.filter((method) => method !== 'private_key_jwt')
const WITHOUT_SECRET: readonly string[] = ['none', 'tls_client_auth', 'self_signed_tls_client_auth']

const FORM =
  'The file of --clients must be a JSON object with the credentials of each client by its id: ' +
  '{"app-web": {"secret": "…", "clientAuth": "client_secret_basic"}, "app-spa": {"clientAuth": "none"}}.'

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refusal(message: string): CommandError {
  return new CommandError(ExitCode.usage, message)
}
