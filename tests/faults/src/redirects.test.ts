import { describe, expect, it } from 'vitest'
import { answer } from './behaviors.ts'
import { clients } from './clients.ts'
import { startFaultServer } from './fault-server.ts'
import { operations } from './operations.ts'
import { either, fails } from './row.ts'
import { runRow } from './run-row.ts'

const STATUSES = [300, 301, 302, 303, 304, 307, 308]

/** Targets of a redirect, given an origin that is not the provider's. */
const TARGETS: Record<string, (other: string) => string | undefined> = {
  'another origin': (other) => `${other}/oidc/token/revocation`,
  'another origin, without a scheme': (other) => other.replace('http:', ''),
  'its own origin': () => '/elsewhere',
  'the very same address': () => '',
  nowhere: () => undefined,
}

const cases = clients.flatMap((factory) =>
  operations.flatMap((operation) =>
    STATUSES.flatMap((status) => Object.keys(TARGETS).map((target) => ({ factory, operation, status, target }))),
  ),
)

describe.concurrent('redirects', () => {
  it.for(cases.map((one) => [`${one.factory.name}: ${one.operation.name}()`, one.status, one.target, one] as const))(
    '%s refuses a %i to %s and sends nothing there',
    async ([, , , { factory, operation, status, target }]) => {
      const other = await startFaultServer(answer({}))
      try {
        const location = TARGETS[target]?.(other.origin)
        await runRow(factory, operation, {
          name: `${status}`,
          behave: answer({ status, headers: location === undefined ? {} : { location } }),
          ...either(fails('redirect_refused', { details: { status } })),
        })
        // `runRow` has checked that the provider received only the expected requests.
        expect(other.connections).toBe(0)
      } finally {
        await other.close()
      }
    },
  )
})
