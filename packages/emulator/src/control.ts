import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Application } from './applications.ts'
import type { BackchannelLogoutOptions } from './backchannel-options.ts'
import type { Emulator } from './emulator.ts'
import { HttpProblem } from './http-problem.ts'
import type { OwnAddress } from './own-address.ts'
import { readBody } from './request-body.ts'
import type { WebhookEvent, WebhookOptions } from './webhooks.ts'

/** The path for controlling the emulator over HTTP. */
const CONTROL_PATH = '/emulator/'

/** Enough for every action, including the body of a queued response. */
const MAX_INPUT_BYTES = 1024 * 1024

type Input = Readonly<Record<string, unknown>>
type Action = (emulator: Emulator, input: Input) => unknown

const GET_ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['apps', ({ appHost, issuer, apps, management }) => ({ appHost, issuer, apps, management })],
  ['tokens', (emulator) => emulator.tokens()],
  ['requests', (emulator) => emulator.requests],
])

const POST_ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['sign-in', (emulator, { user, app }) => emulator.signIn(readUser(user), readApp(emulator, app))],
  [
    'issue-tokens',
    (emulator, { count, app, ...options }) =>
      emulator.issueTokens(Number(count), { ...options, ...readApp(emulator, app) }),
  ],
  [
    'send-logouts-to',
    (emulator, { uri, app, ...options }) =>
      emulator.sendLogoutsTo(readText(uri, 'uri'), {
        ...(options as BackchannelLogoutOptions),
        ...readApp(emulator, app),
      }),
  ],
  [
    'log-out',
    (emulator, { user, sid }) =>
      emulator.logOut(readText(user, 'user'), sid === undefined ? {} : { sid: readText(sid, 'sid') }),
  ],
  [
    'send-webhooks-to',
    (emulator, { uri, ...options }) =>
      emulator.sendWebhooksTo(readText(uri, 'uri'), options as Partial<WebhookOptions> as WebhookOptions),
  ],
  [
    'send-webhook',
    async (emulator, { event, user }) => {
      const status = await emulator.sendWebhook(readText(event, 'event') as WebhookEvent, readText(user, 'user'))
      return status === undefined ? {} : { status }
    },
  ],
  ['answer-next', (emulator, fault) => emulator.answerNext(fault)],
  ['answer-always', (emulator, fault) => emulator.answerAlways(fault)],
  ['reset', (emulator) => emulator.reset()],
  ['is-active', async (emulator, { token }) => ({ active: await emulator.isActive(readText(token, 'token')) })],
])

/** Handles requests below `/emulator/`, for programs in other languages; returns whether a request was one. */
export function createControl(
  emulator: Emulator,
  address: OwnAddress,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?')
    if (!path.startsWith(CONTROL_PATH)) return false
    try {
      address.refuseForeignPages(request)
      const result = await run(emulator, request, path.slice(CONTROL_PATH.length))
      send(response, 200, result ?? {})
    } catch (error) {
      const status = error instanceof HttpProblem ? error.status : error instanceof TypeError ? 400 : 500
      send(response, status, { error: error instanceof Error ? error.message : String(error) })
    }
    return true
  }
}

async function run(emulator: Emulator, request: IncomingMessage, name: string): Promise<unknown> {
  if (request.method === 'GET' && GET_ACTIONS.has(name)) return GET_ACTIONS.get(name)?.(emulator, {})
  const action = POST_ACTIONS.get(name)
  if (action === undefined || request.method !== 'POST') {
    const isKnown = action !== undefined || GET_ACTIONS.has(name)
    throw isKnown
      ? new HttpProblem(405, 'this action requires another method')
      : new HttpProblem(404, 'the action is unknown')
  }
  const [type] = (request.headers['content-type'] ?? '').split(';')
  // A page may send forms and plain text to any origin without a preflight request, but not JSON.
  if (type?.trim().toLowerCase() !== 'application/json') throw new HttpProblem(415, 'send application/json')
  return action(emulator, await readInput(request))
}

async function readInput(request: IncomingMessage): Promise<Input> {
  const body = await readBody(request, MAX_INPUT_BYTES)
  if (body.length > MAX_INPUT_BYTES) throw new HttpProblem(413, `the body may have ${MAX_INPUT_BYTES} bytes`)
  let input: unknown
  try {
    input = JSON.parse(body.toString())
  } catch {
    throw new HttpProblem(400, 'the body is not JSON')
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new HttpProblem(400, 'send a JSON object')
  return input as Input
}

function readUser(user: unknown): Parameters<Emulator['signIn']>[0] {
  if (user === undefined || typeof user === 'string') return user
  if (typeof user === 'object' && user !== null && 'sub' in user && typeof user.sub === 'string') {
    return { ...user, sub: user.sub }
  }
  throw new TypeError('user must be a string, or an object with a sub')
}

function readApp({ apps }: Emulator, name: unknown): { app?: Application } {
  if (name === undefined) return {}
  const app = Object.values(apps).find((candidate) => candidate.name === name || candidate.appId === name)
  if (app === undefined) throw new TypeError(`app must be one of ${Object.keys(apps).join(', ')}`)
  return { app }
}

function readText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string`)
  return value
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  }
  response.writeHead(status, headers).end(JSON.stringify(value))
}
