// A backend in a separate process, so that its memory is separate from that of the test. Run with --expose-gc.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { createLogoutClient } from '@backend-logout/node'

const { appId, appSecret, appHost } = JSON.parse(process.argv[2] ?? '')
const failures: string[] = []
const handler = createLogoutHandler({
  client: createLogoutClient({ appId, appSecret, appHost }),
  session: cookieSession({ name: '__Host-session', read: (accessToken) => ({ accessToken }) }),
  revokeTimeoutMs: 30_000,
  onEvent: (event) => void (event.type === 'failure' && failures.push(`${event.step}: ${event.error}`)),
})
const server = createServer(toNodeHandler(handler))
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({ usedBytes: heapUsed + external, failures })
})
process.on('disconnect', () => process.exit())
