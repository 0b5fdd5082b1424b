import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { ERROR_MEANING, isLogoutError, type LogoutClientOptions, type LogoutEvent } from '@backend-logout/core'
import { appId, everythingIn, leakDetector, makeCanaries } from '@backend-logout/tests-faults/canaries'
import { clients } from '@backend-logout/tests-faults/clients'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, answers, bytesOf } from './answer-bytes.ts'
import { run } from './campaign.ts'
import { unprintable } from './unprintable.ts'

interface Input {
  readonly client: number
  readonly operation: keyof typeof OPERATIONS
  readonly answer: Answer
}

const canaries = makeCanaries()
/** Each operation receives some secrets, and can mask no others. */
const leaksIn = leakDetector(canaries)
const leaksOfCall = leakDetector({ ...canaries, refreshToken: '', idToken: '' })
/** Also for the metadata, which the client fetches, not a call. */
const LIMITS = { timeoutMs: 500, deadlineMs: 1_000, retries: 0 }

const OPERATIONS = {
  revoke: (client) => client.revokeToken(canaries.accessToken),
  verify: (client) => client.revokeToken(canaries.accessToken, { verify: { withinMs: 0 } }),
  introspect: (client) => client.introspectToken(canaries.accessToken),
  // Its logout URL is the only place in which the standard puts an ID token.
  logout: async (client) => (await client.logout(canaries)).tokens,
  discover: (client) => client.revokeToken(canaries.accessToken),
} satisfies Record<string, (client: ReturnType<(typeof clients)[number]['create']>['client']) => Promise<unknown>>

let server: Server
let origin: string
let answer: Answer
const sockets = new Set<Socket>()

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true).on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', () => void send(socket, answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

/**
 * True if this response ends a process that uses the `fetch` of Node.js (22.23, 24.21 and 26.10): with more than five
 * content codings it throws an error, some time later, where nobody can catch it. The client of `@backend-logout/node`
 * does not use it.
 */
function breaksFetch(client: number, { pieces }: Answer): boolean {
  const text = pieces.map((piece) => bytesOf(piece, {}).toString('latin1')).join('')
  const codings = Array.from(text.matchAll(/^content-encoding:(.*)$/gim), ([, value = '']) => value.split(',')).flat()
  return clients[client]?.name === 'core over fetch' && codings.length > 5
}

/** Writes a response piece by piece, and ends in the given way. */
async function send(socket: Socket, { pieces, end }: Answer): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(bytesOf(piece, { ...canaries, origin }))
    // A separate packet.
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (end === 'close') socket.end()
  if (end === 'reset') socket.resetAndDestroy()
}

test('answers', () =>
  run<Input>({
    name: 'answers',
    inputs: fc.record({
      client: fc.nat({ max: clients.length - 1 }),
      operation: fc.constantFrom(...(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])),
      answer: answers,
    }),
    known: [
      // Metadata that repeats the token for which it is fetched.
      {
        client: 0,
        operation: 'discover',
        answer: { pieces: ['HTTP/1.1 200 X\r\nContent-Length: 60\r\n\r\n', '{accessToken:plain}'], end: 'close' },
      },
    ],
    limitMs: 8_000,
    async send(input) {
      fc.pre(!breaksFetch(input.client, input.answer))
      answer = input.answer
      const events: LogoutEvent[] = []
      const { appSecret } = canaries
      const where = input.operation === 'discover' ? { issuer: origin } : { appHost: origin }
      const options = {
        ...LIMITS,
        ...where,
        appId,
        appSecret,
        onEvent: (event: LogoutEvent) => void events.push(event),
      }
      const { client, close } = clients[input.client]?.create(options as LogoutClientOptions) ?? {}
      if (!client || !close) throw new Error('There is no such client.')
      const shown: unknown[] = [client]
      try {
        const result = await OPERATIONS[input.operation](client)
        // The text of introspection about a token is for the caller, in the provider's words.
        if (input.operation !== 'introspect') shown.push(result)
      } catch (error) {
        if (!isLogoutError(error)) throw error
        expect(Object.keys(ERROR_MEANING)).toContain(error.code)
        shown.push(error)
      } finally {
        await close()
        for (const socket of sockets) socket.destroy()
      }
      shown.push(events)
      const leaks = input.operation === 'logout' ? leaksIn : leaksOfCall
      expect(leaks(shown.map(everythingIn).join('\n'))).toEqual([])
      expect(unprintable(shown)).toEqual([])
    },
  }))
