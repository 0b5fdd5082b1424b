import type { LogoutUrlOptions } from '@backend-logout/node'
import { type ConnectionOptions, connect, readSettings } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { readSingleToken } from '../input/single-token.ts'
import { print, printJson, type Terminal } from '../terminal/terminal.ts'

/** The options of `backend-logout logout-url`. */
export interface LogoutUrlCommandOptions extends ConnectionOptions {
  readonly idTokenFile?: string
  readonly redirectUri?: string
  readonly state?: string
  readonly kind?: NonNullable<LogoutUrlOptions['kind']>
  readonly json?: boolean
}

/** Builds the URL that ends the user's session at the provider, and prints it. */
export async function runLogoutUrl(options: LogoutUrlCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { idTokenFile, redirectUri, state, kind, json } = options
  await using connection = connect(await readSettings(options, terminal))
  const idToken = idTokenFile === undefined ? undefined : (await readSingleToken(idTokenFile, terminal)).token
  // Only an issuer has metadata to fetch.
  await connection.client.discover()
  const url = connection.client.buildLogoutUrl({ idToken, redirectUri, state, kind })
  if (json) printJson(terminal, { url })
  else print(terminal, url.href)
  return ExitCode.done
}
