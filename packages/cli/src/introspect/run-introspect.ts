import { type ConnectionOptions, connect, readSettings } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { fingerprint } from '../fingerprint.ts'
import { readSingleToken } from '../input/single-token.ts'
import { print, printJson, type Terminal } from '../terminal/terminal.ts'

/** The options of `backend-logout introspect`. */
export interface IntrospectCommandOptions extends ConnectionOptions {
  readonly tokenTypeHint?: string
  readonly strict?: boolean
  readonly json?: boolean
}

/** Members that hold points in time, in seconds since 1970 (RFC 7662 §2.2). */
const TIMES: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf'])

/** Introspects one token, and prints the response. */
export async function runIntrospect(
  file: string,
  options: IntrospectCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  await using connection = connect(await readSettings(options, terminal))
  const { token, hint } = await readSingleToken(file, terminal)
  const { strict, tokenTypeHint = hint, json } = options
  const answer = await connection.client.introspectToken(token, { tokenTypeHint, strict })
  if (json) printJson(terminal, answer)
  else {
    print(terminal, `${fingerprint(token)} is ${answer.active ? 'active' : 'not active'}.`)
    for (const [name, value] of Object.entries(answer)) {
      if (name !== 'active') print(terminal, `  ${name.padEnd(12)} ${describe(name, value)}`)
    }
  }
  return answer.active ? ExitCode.done : ExitCode.no
}

function describe(name: string, value: unknown): string {
  if (typeof value === 'number' && TIMES.has(name)) {
    const date = new Date(value * 1000)
    return Number.isNaN(date.getTime()) ? String(value) : `${value} (${date.toISOString().replace('.000Z', 'Z')})`
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
