import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProgram } from '@backend-logout/tests-browser/start-program'
import { expect, test } from 'vitest'
import { TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'
import { RECEIVERS, startWorker } from './receiver-servers.ts'

// On Workers, everything that a request began ends without a result when its client disconnects.

/** Sends a request that makes the server query the issuer, and disconnects before the issuer responds. */
async function hangUp(server: RunningProgram, issuer: TestIssuer, path: string, body: string): Promise<void> {
  const gone = Promise.withResolvers<void>()
  const answer = issuer.answer
  issuer.answer = (_request, response) => {
    gone.promise.then(() => response.destroy())
    return true
  }
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  const type = 'Content-Type: application/x-www-form-urlencoded'
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  while (issuer.requests.length === 0) await sleep(5)
  socket.resetAndDestroy()
  // Until the server has noticed.
  await sleep(500)
  issuer.answer = answer
  gone.resolve()
}

test.each(['node:http', 'Deno.serve', 'Bun.serve', 'workerd'])(
  'a sender that disconnects while the keys are fetched stops no later report, on %s',
  async (name) => {
    const start = RECEIVERS[name]
    if (!start) throw new Error(name)
    await using issuer = await TestIssuer.start('ES256')
    const ended: string[] = []
    const application = createServer((request, response) => {
      ended.push(request.url ?? '')
      response.end()
    }).listen(0, '127.0.0.1')
    await once(application, 'listening')
    try {
      const ENDED = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
      await using server = await start({ ISSUER: issuer.url, ENDED })
      const report = async (sub: string): Promise<string> => `logout_token=${await issuer.token({ sub })}`
      await hangUp(server, issuer, '/backchannel-logout', await report('first'))
      const second = async (): Promise<number> => {
        const init = { method: 'POST', body: new URLSearchParams(await report('second')) }
        return (await fetch(`${server.origin}/backchannel-logout`, init)).status
      }
      // While the first fetch fails, the issuer may still be asked to deliver the report again.
      await expect.poll(second, { timeout: 40_000, interval: 1_000 }).toBe(200)
      expect(ended).toContain('/second')
    } finally {
      application.closeAllConnections()
      application.close()
    }
  },
  60_000,
)

test('a client that disconnects while the metadata is fetched stops no later logout, on workerd', async () => {
  await using issuer = await TestIssuer.start('ES256')
  issuer.metadata = { revocation_endpoint: `${issuer.url}/revoke` }
  issuer.answer = ({ url }: IncomingMessage, response: ServerResponse) => {
    if (url === '/revoke') response.end()
    return url === '/revoke'
  }
  await using server = await startWorker('client-worker', { ISSUER: issuer.url, ENDED: '' })
  await hangUp(server, issuer, '/', '')
  const answer = await fetch(server.origin, { signal: AbortSignal.timeout(40_000) })
  expect(await answer.json()).toEqual({ revoked: true })
}, 60_000)
