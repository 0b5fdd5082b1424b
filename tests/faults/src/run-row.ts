import { createHash } from 'node:crypto'
import type { LogoutEvent } from '@backend-logout/core'
import { describe, expect, it } from 'vitest'
import { appId, everythingIn, leakDetector, makeCanaries } from './canaries.ts'
import { type ClientFactory, clients } from './clients.ts'
import { type SeenRequest, startFaultServer } from './fault-server.ts'
import { type Operation, operations } from './operations.ts'
import { type Expected, PATIENT, RETRYABLE, type Row } from './row.ts'

/** The delay in milliseconds with which a call may settle on a busy machine. */
const GRACE_MS = 5_000

/** Creates a test for every row with every operation of every client. */
export function testRows(rows: readonly Row[]): void {
  for (const factory of clients) {
    for (const operation of operations) {
      describe.concurrent(`${factory.name}: ${operation.name}()`, () => {
        it.for(rows.map((row) => [row.name, row] as const))('%s', async ([, row]) => {
          await runRow(factory, operation, row)
        })
      })
    }
  }
}

// Creating a detector costs more than a call, so 100 cases share their secrets.
const canaries = makeCanaries()
const leaksIn = leakDetector(canaries)

/** Runs one operation against one behavior, and checks all requirements. */
export async function runRow(factory: ClientFactory, operation: Operation, row: Row): Promise<void> {
  const limits = { ...PATIENT, ...row.limits }
  const { deadlineMs = PATIENT.deadlineMs } = limits
  const events: LogoutEvent[] = []
  const server = await startFaultServer(row.behave, row.server)
  const { client, close } = factory.create({
    appId,
    appSecret: canaries.appSecret,
    appHost: row.appHost ?? server.origin,
    clientAuth: operation.clientAuth,
    onEvent: (event) => {
      events.push(event)
    },
  })
  try {
    const startedAt = performance.now()
    const fates = await operation.run(client, canaries, limits, events)
    expect(performance.now() - startedAt, 'milliseconds taken').toBeLessThan(deadlineMs + GRACE_MS)

    const expected = operation.name === 'introspectToken' ? row.introspection : row.revocation
    expect(fates.map(({ token }) => token)).toEqual(operation.tokens(canaries))
    for (const { token, state, revoked, attempts, error } of fates) {
      const seen = server.requests.filter((request) => new URLSearchParams(request.body).get('token') === token)
      const { message, ...facts } = error?.toJSON() ?? {}
      const isAbout = operation.name === 'introspectToken' ? {} : aboutRevocation(expected)
      expect({ ...facts, state, revoked, attempts, requests: seen.length }, String(message)).toMatchObject({
        ...isAbout,
        ...(expected.code && aboutError(expected)),
        attempts: expected.attempts,
        ...(expected.requests !== 'any' && { requests: expected.requests ?? expected.attempts }),
      })
      expect(error?.code).toBe(expected.code)
    }
    for (const request of server.requests) expectProperRequest(request, operation)
    expectProperEvents(events, operation.tokens(canaries), expected)
    const shown = [events, client, ...fates.flatMap(({ token: _, error, ...fate }) => [fate, error])]
    expect(leaksIn(shown.map(everythingIn).join('\n'))).toEqual([])
    await row.afterward?.(server, fates)
  } finally {
    await close()
    await server.close()
  }
}

function aboutRevocation({ code, state }: Expected): Record<string, unknown> {
  return { state, revoked: code === undefined }
}

function aboutError({ code, attempts, details }: Expected): Record<string, unknown> {
  const retryable = RETRYABLE.includes(code as never)
  return { name: 'LogoutError', code, attempts, retryable, tokenMayBeLive: true, ...details }
}

/** A form post to the correct endpoint with exactly one credential, and no secret anywhere else. */
function expectProperRequest(request: SeenRequest, operation: Operation): void {
  const { method, target, headers } = request
  const form = new URLSearchParams(request.body)
  expect(`${method} ${target}`).toBe(`POST /oidc${operation.path}`)
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(operation.tokens(canaries)).toContain(form.get('token'))
  if (operation.clientAuth === 'client_secret_post') {
    expect(headers.authorization).toBeUndefined()
    expect([form.getAll('client_id'), form.getAll('client_secret')]).toEqual([[appId], [canaries.appSecret]])
  } else {
    const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
    const credential = Buffer.from(`${encode(appId)}:${encode(canaries.appSecret)}`).toString('base64')
    expect(headers.authorization).toBe(`Basic ${credential}`)
    expect(form.has('client_secret')).toBe(false)
  }
}

/** Each token has a separate sequence of events, which agrees with the result. */
function expectProperEvents(
  events: readonly LogoutEvent[],
  tokens: readonly string[],
  { attempts, code }: Expected,
): void {
  for (const token of tokens) {
    const fingerprint = `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`
    const own = events.filter((event) => event.token === fingerprint)
    expect(new Set(own.map(({ call }) => call)).size).toBe(1)
    const tries = Array.from({ length: attempts }, (_, index) => [...(index > 0 ? ['retry'] : []), 'attempt']).flat()
    expect(own.map(({ type }) => type)).toEqual(['start', ...tries, 'outcome'])
    expect(own.at(-1)).toMatchObject({ type: 'outcome', attempts, ...(code && { code }) })
  }
  expect(new Set(events.map(({ call }) => call)).size).toBe(tokens.length)
}
