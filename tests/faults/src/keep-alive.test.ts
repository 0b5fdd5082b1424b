import { setTimeout as sleep } from 'node:timers/promises'
import type { OnEvent } from '@backend-logout/core'
import { describe, expect, it } from 'vitest'
import { answer, inTurn, onceRead, reset } from './behaviors.ts'
import { appId } from './canaries.ts'
import { clients } from './clients.ts'
import { type Behavior, startFaultServer } from './fault-server.ts'

const ok = answer({})

/** Actions of a provider on the connection that it kept open after its first response. */
const ENDINGS: Record<string, Behavior> = {
  'ends it immediately': (exchange) => {
    ok(exchange)
    exchange.socket.end()
  },
  'ends it although it promised a minute': (exchange) => {
    answer({ headers: { connection: 'keep-alive', 'keep-alive': 'timeout=60' } })(exchange)
    exchange.socket.end()
  },
  'resets it shortly afterward': (exchange) => {
    ok(exchange)
    onceRead(exchange.reset)
  },
  'announces that it will close it': answer({ headers: { connection: 'close' } }),
  'sends unsolicited bytes': (exchange) => {
    ok(exchange)
    exchange.socket.write('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    exchange.socket.end()
  },
}

describe.concurrent.each(clients)('$name, with a kept connection', ({ create }) => {
  it.for(Object.entries(ENDINGS))('revokes a second token when the provider %s', async ([, ending]) => {
    const server = await startFaultServer(inTurn(ending, ok))
    const { client, close } = create({ appId, appHost: server.origin })
    try {
      expect(await client.revokeToken('first')).toBe(true)
      await server.deserted()
      expect(await client.revokeToken('second')).toBe(true)
      // A connection that is known to be closed costs no attempt.
      expect(server.requests.map(({ body }) => new URLSearchParams(body).get('token'))).toEqual(['first', 'second'])
    } finally {
      await close()
      await server.close()
    }
  })

  it('survives a body after a 204, which HTTP forbids', async () => {
    const surprise = answer({ status: 204, body: 'surprise', headers: { 'content-length': '8' } })
    const server = await startFaultServer(inTurn(surprise, ok))
    const { client, close } = create({ appId, appHost: server.origin })
    try {
      // It may count as a success or as a broken connection, but is never used as the response to the next call.
      expect(await client.revokeToken('first')).toBe(true)
      expect(await client.revokeToken('second')).toBe(true)
      expect(server.requests.at(-1)?.body).toContain('token=second')
    } finally {
      await close()
      await server.close()
    }
  })

  it('retries when the connection closes at the moment of its reuse', async () => {
    // Each connection serves one request; the next one on it meets a reset, as when an idle timeout strikes.
    const used = new Set<number>()
    const server = await startFaultServer((exchange) => {
      const { connection } = exchange.request
      if (used.has(connection)) reset(exchange)
      else ok(exchange)
      used.add(connection)
    })
    const attempts: number[] = []
    const onEvent: OnEvent = (event) => {
      if (event.type === 'outcome') attempts.push(event.attempts)
    }
    const { client, close } = create({ appId, appHost: server.origin, onEvent })
    try {
      // A connection is free for the next call shortly after its response; the delay depends on the machine.
      for (let calls = 0; calls < 50 && attempts.at(-1) !== 2; calls++) {
        expect(await client.revokeToken('a token')).toBe(true)
        await sleep(20)
      }
      expect(attempts.at(-1)).toBe(2)
    } finally {
      await close()
      await server.close()
    }
  })

  it('closes a connection whose response was too long, and uses a new one', async () => {
    const server = await startFaultServer(inTurn(answer({ status: 403, body: Buffer.alloc(10_485_760, 'x') }), ok))
    const { client, close } = create({ appId, appHost: server.origin })
    try {
      await expect(client.revokeToken('first')).rejects.toMatchObject({ code: 'rejected' })
      expect(await client.revokeToken('second')).toBe(true)
      const [first, second] = server.requests
      expect(second?.connection).not.toBe(first?.connection)
    } finally {
      await close()
      await server.close()
    }
  })
})
