import type { Application, Emulator } from '@backend-logout/emulator'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFileOrLink } from '../files/found-file.ts'
import { writeNewPrivateFile } from '../files/private-file.ts'
import { onInterruption } from '../interruption.ts'
import { ownName } from '../terminal/own-name.ts'
import { note, print, printJson, type Terminal } from '../terminal/terminal.ts'

const DEFAULT_TOKENS_FILE = 'tokens.txt'
const TOKENS_FILE = 'The file of --tokens-file'

/** The options of `backend-logout emulator`. */
export interface EmulatorCommandOptions {
  readonly port: number
  readonly app: 'post' | 'basic' | 'none'
  readonly redirectUri?: string
  readonly logoutRedirectUri?: string
  readonly opaque?: boolean
  readonly cascade?: boolean
  readonly issueTokens?: number
  readonly tokensFile?: string
  readonly json?: boolean
}

/** Runs a local provider until Ctrl-C or SIGTERM. */
export async function runEmulator(options: EmulatorCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { json, app: appName, issueTokens, tokensFile } = options
  if (tokensFile !== undefined && issueTokens === undefined) {
    throw new CommandError(ExitCode.usage, '--tokens-file is for --issue-tokens, which is missing.')
  }
  const path = tokensFile ?? DEFAULT_TOKENS_FILE
  if (issueTokens && findFileOrLink(path, TOKENS_FILE)) {
    const advice = 'Delete it if you no longer need it, or name another file with --tokens-file.'
    throw new CommandError(ExitCode.usage, `${path} already exists. ${advice}`)
  }
  // Before the start, because a signal without a listener is lost if this is the first process of a container.
  const interrupted = Promise.withResolvers<void>()
  const stopListening = onInterruption(interrupted.resolve)
  try {
    await using emulator = await start(options)
    const app = emulator.apps[appName]
    if (issueTokens) {
      const tokens = await emulator.issueTokens(issueTokens, { app })
      await writeNewPrivateFile(path, TOKENS_FILE, `${tokens.join('\n')}\n`)
    }
    // A given name may be a misplaced token.
    const shown = tokensFile === undefined ? DEFAULT_TOKENS_FILE : 'FILE'
    const environment = environmentOf(emulator, app)
    if (json) {
      const { appHost, issuer } = emulator
      printJson(terminal, { appHost, issuer, app, environment, ...(issueTokens && { issueTokens }) })
    } else {
      for (const [name, value] of Object.entries(environment)) print(terminal, `export ${name}=${value}`)
      note(terminal, ...guide(emulator, appName, issueTokens ? shown : undefined, ownName(terminal)))
    }
    await interrupted.promise
  } finally {
    stopListening()
  }
  return ExitCode.done
}

async function start(options: EmulatorCommandOptions): Promise<Emulator> {
  const { port, redirectUri, logoutRedirectUri, opaque, cascade = false } = options
  // Loaded only now: it is a whole provider.
  const { startEmulator } = await import('@backend-logout/emulator')
  try {
    return await startEmulator({
      port,
      cascade,
      accessTokenFormat: opaque ? 'opaque' : 'jwt',
      ...(redirectUri && { redirectUris: [redirectUri] }),
      ...(logoutRedirectUri && { logoutRedirectUris: [logoutRedirectUri] }),
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      throw new CommandError(ExitCode.usage, `Port ${port} is in use. Choose another one, or 0 for any free port.`)
    }
    if (code === 'EACCES')
      throw new CommandError(ExitCode.usage, `Only root can listen on port ${port}. Choose a port from 1024.`)
    throw error
  }
}

/** The variables with which every other command uses the emulator. */
function environmentOf({ appHost }: Emulator, { appId, appSecret, authMethod }: Application): Record<string, string> {
  return {
    AUTHING_APP_ID: appId,
    AUTHING_APP_HOST: appHost,
    ...(appSecret !== undefined && { AUTHING_APP_SECRET: appSecret }),
    ...(authMethod !== 'client_secret_post' && { AUTHING_APP_CLIENT_AUTH: authMethod }),
  }
}

function guide({ appHost }: Emulator, app: string, tokensFile: string | undefined, name: string): string[] {
  const signIn = `curl -s --json '{"user":"alice","app":"${app}"}' "$AUTHING_APP_HOST/emulator/sign-in"`
  return [
    '',
    `A local provider listens on ${appHost}. Anyone can sign in there as any user. Ctrl-C stops it.`,
    'Paste the lines above into another terminal, then try, for example:',
    `  ${name} doctor`,
    `  ${tokensFile ? `${name} revoke ${tokensFile}` : signIn}`,
  ]
}
