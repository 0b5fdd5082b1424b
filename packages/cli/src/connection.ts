import { readFileSync } from 'node:fs'
import { createLogoutClient, type LogoutClient } from '@backend-logout/node'
import { CommandError, describeSystemError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** How to reach the provider, where it is not as the environment says. */
export interface ConnectionOptions {
  readonly secretFile?: string
}

/** A client, and what may be said about it. */
export interface Connection extends AsyncDisposable {
  readonly client: LogoutClient
  readonly appId: string
  /** The provider's address, as it was configured. */
  readonly provider: string
}

export async function connect(options: ConnectionOptions, { env }: Terminal): Promise<Connection> {
  const { AUTHING_APP_ID: appId, AUTHING_APP_SECRET, AUTHING_APP_HOST: appHost } = env
  if (!appId || !appHost) throw new CommandError(ExitCode.usage, 'AUTHING_APP_ID and AUTHING_APP_HOST are not set.')
  const appSecret = options.secretFile === undefined ? AUTHING_APP_SECRET : readSecret(options.secretFile)
  const client = createLogoutClient({ appId, appHost, appSecret: appSecret || undefined })
  return { client, appId, provider: appHost, [Symbol.asyncDispose]: async () => {} }
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new CommandError(ExitCode.usage, `The secret file ${file} cannot be read: ${describeSystemError(error)}.`)
  }
}
