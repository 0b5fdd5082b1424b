import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createLogoutHandler, type LogoutHandlerOptions } from '@backend-logout/browser-proxy/server'
import * as core from '@backend-logout/core'
import * as node from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { runProgram as runCommandLine } from '../../../packages/cli/src/program.ts'
import { createTerminal } from '../../../packages/cli/src/terminal/terminal.ts'

/** A session to log out, and the options of the client. Options apply to every surface that takes options. */
export interface Setup {
  readonly origin: string
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly idToken?: string
  readonly options?: Partial<core.ClientOptions>
  /** The provider's address; without it, an `appHost` at `origin`. */
  readonly location?: core.ProviderLocation
}

/** A client for a {@link Setup}: core over `fetch`, or node over its pool. */
export function createClient(library: 'core' | 'node', { origin, options, location }: Setup): core.LogoutClient {
  const { createLogoutClient } = library === 'core' ? core : node
  const all = { appId: 'app', appSecret: 'the-secret', ...(location ?? { appHost: origin }), ...options }
  return createLogoutClient(all as core.LogoutClientOptions)
}

/** Logs out through a library. */
export async function byLibrary(library: 'core' | 'node', setup: Setup): Promise<core.LogoutResult> {
  return createClient(library, setup).logout(tokensOf(setup), { retries: 1, deadlineMs: 30_000, ...limitsOf(setup) })
}

/** Logs out through a page's request to its backend; the remaining tokens go into an outbox that counts them. */
export async function byBrowserProxy(
  setup: Setup,
  handlerOptions: Partial<LogoutHandlerOptions> = {},
  page: Readonly<Record<string, string>> = {},
): Promise<{ status: string; queued: number; response: Response; answer: Readonly<Record<string, unknown>> }> {
  let queued = 0
  const handler = createLogoutHandler({
    client: createClient('node', setup),
    session: { read: () => tokensOf(setup), clear: () => ({}) },
    outbox: { add: async () => ++queued },
    revokeTimeoutMs: 15_000,
    ...handlerOptions,
  })
  const response = await handler(
    new Request('https://app.example.com/logout', {
      method: 'POST',
      headers: {
        origin: 'https://app.example.com',
        'x-logout-request': '1',
        ...(Object.keys(page).length && { 'content-type': 'application/json' }),
      },
      body: Object.keys(page).length ? JSON.stringify(page) : null,
    }),
  )
  const answer = (await response.clone().json()) as Record<string, unknown>
  return { status: String(answer.status), queued, response, answer }
}

let outboxes: Promise<unknown> = Promise.resolve()

/** Logs out through an outbox, and returns the first event. One at a time: each starts a database in this process. */
export function byOutbox(setup: Setup): Promise<string> {
  const outcome = outboxes.then(() => byOneOutbox(setup))
  outboxes = outcome.catch(() => {})
  return outcome
}

async function byOneOutbox(setup: Setup): Promise<string> {
  let first = 'nothing'
  const seen = new AbortController()
  await using outbox = await openOutbox({
    client: createClient('node', setup),
    store: { memory: true },
    onEvent: (event) => {
      if (!['revoked', 'retry', 'dead', 'expired'].includes(event.type)) return
      if (first === 'nothing') first = event.type
      seen.abort()
    },
  })
  await outbox.add(tokensOf(setup))
  await outbox.work({ signal: AbortSignal.any([seen.signal, AbortSignal.timeout(20_000)]) })
  return first
}

const manifest = createRequire(import.meta.url).resolve('@backend-logout/cli/package.json')
const bin = JSON.parse(readFileSync(manifest, 'utf8')).bin as Record<string, string>

/** Revokes tokens through the command line, in this process: everything except the few lines that connect it to one. */
export async function byCommandLine(
  tokens: readonly string[],
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ code: number; summary: Record<string, unknown>; stderr: string }> {
  const command = ['revoke', '-', '--json', '--token-type-hint', 'access_token', ...args]
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = Promise.all([text(stdout), text(stderr)])
  const terminal = createTerminal({ env, stdin: Readable.from([Buffer.from(tokens.join('\n'))]), stdout, stderr })
  const code = await runCommandLine(command, terminal)
  for (const stream of [stdout, stderr]) stream.end()
  const [out, err] = await written
  const json = out.trim().startsWith('{') ? (JSON.parse(out) as Record<string, unknown>) : {}
  return { code, summary: json, stderr: err }
}

/** Runs the `backend-logout` command in a separate process. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^AUTHING_|_PROXY$|^BACKEND_LOGOUT/i.test(name))
  const program = join(dirname(manifest), bin['backend-logout'] as string)
  const child = spawn(process.execPath, [program, ...args], { env: { ...Object.fromEntries(inherited), ...env } })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}

/** The environment of a {@link Setup} for the command line. */
export function environmentOf({ origin }: Setup, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'the-secret', AUTHING_APP_HOST: origin, ...more }
}

function tokensOf({ accessToken, refreshToken, idToken }: Setup): core.SessionTokens {
  const id = idToken && { idToken }
  if (!accessToken && !refreshToken) return { accessToken: 'an-access-token', ...id }
  return { ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }), ...id }
}

function limitsOf({ options: { retries, deadlineMs } = {} }: Setup): core.CallLimits {
  return { ...(retries !== undefined && { retries }), ...(deadlineMs !== undefined && { deadlineMs }) }
}
