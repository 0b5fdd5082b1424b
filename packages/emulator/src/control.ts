import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Application } from './applications.ts'
import type { Emulator } from './start-emulator.ts'

/** Where the emulator is steered over HTTP. */
const CONTROL_PATH = '/emulator/'

/** The hosts of loopback, as they stand in `Host`. A page that rebinds its own name to 127.0.0.1 still sends that name. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** What is refused, and with which status. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

type Input = Readonly<Record<string, unknown>>
type Action = (emulator: Emulator, input: Input) => unknown

const GET_ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['apps', ({ appHost, issuer, apps }) => ({ appHost, issuer, apps })],
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
  ['answer-next', (emulator, fault) => emulator.answerNext(fault)],
  ['answer-always', (emulator, fault) => emulator.answerAlways(fault)],
  ['reset', (emulator) => emulator.reset()],
  ['is-active', async (emulator, { token }) => ({ active: await emulator.isActive(readToken(token)) })],
])

/** Answers the requests below `/emulator/`, for programs in other languages; tells whether a request was one. */
export function createControl(
  emulator: Emulator,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?')
    if (!path.startsWith(CONTROL_PATH)) return false
    try {
      refuseHostilePages(request)
      const result = await run(emulator, request, path.slice(CONTROL_PATH.length))
      send(response, 200, result ?? {})
    } catch (error) {
      const status = error instanceof Refusal ? error.status : error instanceof TypeError ? 400 : 500
      send(response, status, { error: error instanceof Error ? error.message : String(error) })
    }
    return true
  }
}

/** Keeps web pages out, which can reach loopback from any browser on this machine. */
function refuseHostilePages({ headers, socket }: IncomingMessage): void {
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  const self = URL.canParse(`${scheme}://${headers.host}`) ? new URL(`${scheme}://${headers.host}`) : undefined
  if (self === undefined || !LOOPBACK_HOSTS.has(self.hostname))
    throw new Refusal(403, 'only loopback hosts may ask this')
  const { origin, 'sec-fetch-site': site = 'none' } = headers
  if (origin !== undefined && origin !== self.origin) throw new Refusal(403, 'pages of other origins may not ask this')
  if (!['none', 'same-origin'].includes(String(site))) throw new Refusal(403, 'pages of other sites may not ask this')
}

async function run(emulator: Emulator, request: IncomingMessage, name: string): Promise<unknown> {
  if (request.method === 'GET' && GET_ACTIONS.has(name)) return GET_ACTIONS.get(name)?.(emulator, {})
  const action = POST_ACTIONS.get(name)
  if (action === undefined || request.method !== 'POST') {
    const isKnown = action !== undefined || GET_ACTIONS.has(name)
    throw isKnown ? new Refusal(405, 'this takes another method') : new Refusal(404, 'there is no such action')
  }
  const [type] = (request.headers['content-type'] ?? '').split(';')
  // A page may send forms and plain text to anywhere without being asked, but no JSON.
  if (type?.trim().toLowerCase() !== 'application/json') throw new Refusal(415, 'send application/json')
  return action(emulator, await readInput(request))
}

async function readInput(request: IncomingMessage): Promise<Input> {
  let input: unknown
  try {
    input = await json(request)
  } catch {
    throw new Refusal(400, 'the body is not JSON')
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new Refusal(400, 'send a JSON object')
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

function readToken(token: unknown): string {
  if (typeof token !== 'string') throw new TypeError('token must be a string')
  return token
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
