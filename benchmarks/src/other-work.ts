/**
 * Other work of an application before it is measured: it keeps state, answers and sends requests, and uses the same
 * parts of the runtime with other shapes, so that the engine has learned from more than one client.
 */
import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** State that stays for the whole process, about 50 MB of it. */
const state = new Map<string, object>()

/** Does all of it for a limited time. */
export async function doOtherWork(): Promise<void> {
  for (let user = 0; user < 100_000; user++) {
    state.set(`user-${user}`, {
      id: user,
      name: `User ${user}`,
      roles: ['reader', `team-${user % 100}`],
      seen: new Date(),
    })
  }
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as { id: number }
    const digest = createHash('sha256')
      .update(JSON.stringify(state.get(`user-${body.id}`)))
      .digest('hex')
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ digest, ...body }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  try {
    for (let batch = 0; batch < 50; batch++) await Promise.all(Array.from({ length: 40 }, (_, id) => ask(url, id)))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function ask(url: string, id: number): Promise<void> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), 5_000)
  const headers = new Headers({ 'content-type': 'application/json', 'x-request': String(id) })
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ id }),
    signal: controller.signal,
  })
  const { digest } = (await response.json()) as { digest: string }
  clearTimeout(timer)
  const emitter = new EventEmitter()
  const heard = once(emitter, 'digest')
  emitter.emit('digest', digest, id)
  await heard
  for await (const part of Readable.from([digest, digest])) if (part !== digest) throw new Error('unequal')
  await Promise.allSettled([Promise.resolve(id), Promise.reject(new Error(digest)), AbortSignal.timeout(600_000)])
}
