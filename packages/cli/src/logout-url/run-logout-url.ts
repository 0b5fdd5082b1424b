import type { LogoutForm, LogoutUrlOptions } from '@backend-logout/node'
import { CommandError } from '../command-error.ts'
import { type ConnectionOptions, connect, readSettings } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { isSecretName } from '../input/secret-names.ts'
import { readSingleToken } from '../input/single-token.ts'
import { note, print, printJson, type Terminal } from '../terminal/terminal.ts'

/** The options of `backend-logout logout-url`. */
export interface LogoutUrlCommandOptions extends ConnectionOptions {
  readonly idTokenFile?: string
  readonly redirectUri?: string
  readonly state?: string
  readonly kind?: NonNullable<LogoutUrlOptions['kind']>
  readonly parameter?: Readonly<Record<string, string | true>>
  readonly form?: boolean
  readonly json?: boolean
}

/** Builds the URL that ends the user's session at the provider, and prints it. */
export async function runLogoutUrl(options: LogoutUrlCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { idTokenFile, redirectUri, state, kind, parameter: extraParameters, form, json } = options
  const secret = Object.entries(extraParameters ?? {}).find(([name, value]) => value !== true && isSecretName(name))
  if (secret) throw new CommandError(ExitCode.usage, SECRET_PARAMETER)
  await using connection = connect(await readSettings(options, terminal))
  const idToken = idTokenFile === undefined ? undefined : (await readSingleToken(idTokenFile, terminal)).token
  // Only an issuer has metadata to fetch.
  await connection.client.discover()
  const parts = { idToken, redirectUri, state, kind, extraParameters }
  if (form) {
    const { action, fields } = connection.client.buildLogoutForm(parts)
    if (json) printJson(terminal, { form: { action, fields } })
    else print(terminal, ...htmlOf({ action, fields }))
    return ExitCode.done
  }
  const url = connection.client.buildLogoutUrl(parts)
  if (json) printJson(terminal, { url })
  else print(terminal, url.href)
  if (url.href.length > MAX_URL_CHARACTERS) {
    note(terminal, `This URL has ${url.href.length} characters, which many servers refuse: use --form.`)
  }
  return ExitCode.done
}

const SECRET_PARAMETER =
  '--parameter must not be a token or a secret: the URL is in the history of browsers and in the logs of servers. ' +
  '--id-token-file takes an ID token.'

const MAX_URL_CHARACTERS = 4_000

function htmlOf({ action, fields }: LogoutForm): string[] {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `  <input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  return [`<form method="post" action="${escaped(action.href)}">`, ...inputs, '  <button>Log out</button>', '</form>']
}

/** Only ASCII, so that the value is the same in every encoding of the page, and no line breaks. */
function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e]|[&<>"']/gu, (character) => {
    if (NOT_IN_HTML.test(character)) throw new CommandError(ExitCode.usage, NEEDS_JSON)
    return `&#${character.codePointAt(0)};`
  })
}

/** Browsers read references to these as other characters. */
const NOT_IN_HTML = /[\0\x80-\x9f\p{Cs}]/u
const NEEDS_JSON = 'A value has control characters that HTML cannot contain. Use --json with --form.'
