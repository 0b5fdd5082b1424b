import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogoutClient, isLogoutError } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { afterAll, expect, test } from 'vitest'
import { nodeSession, toNodeHandler } from './node.ts'
import { createLogoutHandler, type StoredTokens } from './server/index.ts'

const provider = await startEmulator()
afterAll(() => provider.close())
const { appId, appSecret } = provider.app
const client = createLogoutClient({ appId, appSecret, appHost: provider.appHost })

interface WithTokens extends IncomingMessage {
  tokens?: StoredTokens | undefined
}

test('a session that middleware keeps on the node:http request is read and cleared there', async () => {
  const tokens = await provider.signIn()
  const cleared: unknown[] = []
  const session = nodeSession<WithTokens>({
    read: ({ tokens }) => tokens,
    clear: (request, response) => {
      cleared.push(request.tokens)
      response.setHeader('set-cookie', 'connect.sid=; Max-Age=0')
    },
  })
  const handle = toNodeHandler(createLogoutHandler({ client, session }))
  const server = createServer((request: WithTokens, response) => {
    if (request.headers.cookie) request.tokens = tokens
    return handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = async (cookie: Record<string, string>) =>
    fetch(origin, { method: 'POST', headers: { origin, 'x-logout-request': '1', ...cookie } })
  try {
    const answer = await ask({ cookie: 'connect.sid=s%3Aabc.signature' })
    expect(await answer.json()).toMatchObject({ status: 'logged_out' })
    expect(answer.headers.getSetCookie()).toEqual(['connect.sid=; Max-Age=0'])
    expect(cleared).toEqual([tokens])
    expect(await provider.isActive(tokens.accessToken)).toBe(false)
    expect(await (await ask({})).json()).toMatchObject({ status: 'no_session' })
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('without toNodeHandler, the missing node:http request is a failure, not a logout', async () => {
  const session = nodeSession({ read: () => ({}), clear: () => {} })
  const failures: unknown[] = []
  const onEvent = (event: { type: string; error?: unknown }) => void failures.push(event.error)
  const handler = createLogoutHandler({ client, session, onEvent })
  const headers = { origin: 'https://app.example.com', 'x-logout-request': '1' }
  const answer = await handler(new Request('https://app.example.com/logout', { method: 'POST', headers }))
  expect(await answer.json()).toMatchObject({ code: 'session_not_ended' })
  expect(String(failures[0])).toContain('toNodeHandler')
})

test.each(['read', 'clear', 'id', 'lock'])('%s must be a function', (name) => {
  const options = { read: () => undefined, clear: () => undefined, [name]: 1 }
  expect(() => nodeSession(options as never)).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.option === name),
  )
})
