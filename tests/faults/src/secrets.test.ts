import type { LogoutEvent } from '@backend-logout/core'
import { describe, expect, it } from 'vitest'
import { appId, everythingIn, leakDetector, makeCanaries } from './canaries.ts'
import { type Echo, echoes, places } from './catalog/echoes.ts'
import { clients } from './clients.ts'
import { startFaultServer } from './fault-server.ts'
import { operations } from './operations.ts'

const cases = clients.flatMap((factory) =>
  operations.flatMap((operation) =>
    places.map(([place, put]) => [factory.name, operation.name, place, { factory, operation, put }] as const),
  ),
)

describe.concurrent('secrets', () => {
  it.for(cases)(
    '%s: %s() reveals nothing when the provider repeats the request in %s',
    async ([, , , { factory, operation, put }]) => {
      const canaries = makeCanaries()
      const leaksIn = leakDetector(canaries)
      const leaks: Record<string, string[]> = {}
      let say: Echo['say'] = () => ''
      let events: LogoutEvent[] = []
      const server = await startFaultServer((exchange) => put(say(exchange.request))(exchange))
      const { client, close } = factory.create({
        appId,
        appSecret: canaries.appSecret,
        appHost: server.origin,
        clientAuth: operation.clientAuth,
        retries: 0,
        logoutDeadlineMs: 60_000,
        onEvent: (event) => {
          events.push(event)
        },
      })
      try {
        for (const echo of echoes) {
          say = echo.say
          events = []
          const before = server.requests.length
          const fates = await operation.run(client, canaries, {}, events)
          const shown = [events, ...fates.flatMap(({ token: _, error, ...fate }) => [fate, error])]
          const found = leaksIn(shown.map(everythingIn).join('\n'))
          if (found.length > 0) leaks[echo.name] = found
          expect(server.requests.length - before).toBe(operation.tokens(canaries).length)
        }
      } finally {
        await close()
        await server.close()
      }
      expect(leaks).toEqual({})
      expect(leaksIn(everythingIn(client))).toEqual([])
    },
  )
})
