import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'

/**
 * Checks in each test file that our packages do none of the following: write to the console, leave a rejection
 * unhandled, cause a process warning, or leave timers and sockets behind.
 */
const said: unknown[] = []
const unhandled: unknown[] = []
const warnings: unknown[] = []
const restore: (() => void)[] = []
let before: string[] = []

beforeAll(() => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const) {
    const original = console[method]
    console[method] = (...args: unknown[]) => said.push(args)
    restore.push(() => {
      console[method] = original
    })
  }
  const onUnhandled = (reason: unknown): number => unhandled.push(reason)
  const onWarning = (warning: Error): number => warnings.push(warning)
  process.on('unhandledRejection', onUnhandled)
  process.on('warning', onWarning)
  restore.push(() => process.off('unhandledRejection', onUnhandled).off('warning', onWarning))
  before = held()
})

afterAll(async () => {
  // Sockets close a moment after their server; rejections count as unhandled once the microtasks have run.
  for (let tries = 0; tries < 250 && left().length > 0; tries++) await sleep(20)
  expect(left()).toEqual([])
  for (const undo of restore) undo()
  expect({ said, unhandled, warnings }).toEqual({ said: [], unhandled: [], warnings: [] })
})

/** The handles that keep the process alive and did not do so before. */
function left(): string[] {
  const known = [...before]
  return held().filter((kind) => {
    const at = known.indexOf(kind)
    if (at >= 0) known.splice(at, 1)
    return at < 0
  })
}

/** The handles that keep the process alive. */
function held(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|GetAddrInfo|Timeout|Immediate|HTTP/i.test(kind))
}
