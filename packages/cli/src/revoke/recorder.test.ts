import { LogoutError, type LogoutErrorCode, type Revocation } from '@backend-logout/node'
import { expect, test } from 'vitest'
import type { CommandError } from '../command-error.ts'
import { fingerprint } from '../fingerprint.ts'
import type { OutcomeSink } from '../outcomes/outcome-stream.ts'
import type { Journal } from './journal.ts'
import { Recorder } from './recorder.ts'
import { createTally } from './tally.ts'

function setUp({ verify = false, journalFails = false } = {}) {
  const written: string[] = []
  const fatal: CommandError[] = []
  const failures: string[] = []
  const tally = createTally()
  const outcomes: OutcomeSink = {
    get bytes() {
      return written.join('').length
    },
    write: (lines) => written.push(lines.map((line) => `${line}\n`).join('')),
    begin: () => {},
    drained: () => undefined,
    flushed: () => undefined,
    [Symbol.asyncDispose]: async () => {},
  }
  const append = (_checkpoint: unknown, { done }: { done: string }): void => {
    if (journalFails) throw new Error('the disk is full')
    written.push(`journal ${done}\n`)
  }
  const recorder = new Recorder({
    tally,
    verify,
    fingerprint,
    outcomes,
    journal: { append } as unknown as Journal,
    checkpoint: () => ({ read: 10, sum: '00000000.10' }),
    onFailure: (line, _kind, why) => failures.push(`${line} ${why}`),
    onFatal: (error) => fatal.push(error),
  })
  return { recorder, written, fatal, failures, tally }
}

const accepted: Revocation = { state: 'accepted', revoked: true, attempts: 1, durationMs: 1.23, status: 200 }

function failed(code: LogoutErrorCode): Revocation {
  return { state: 'live', revoked: false, attempts: 1, durationMs: 1, error: new LogoutError(code, 'Because.') }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('outcomes of one turn are written together: the output, then the journal', async () => {
  const { recorder, written } = setUp()
  recorder.settle({ line: 2, token: 'b' }, accepted)
  recorder.settle({ line: 1, token: 'a' }, accepted)
  expect(written).toEqual([])
  await turn()
  expect(written).toHaveLength(2)
  expect(
    written[0]
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      line: 2,
      token: 'sha256:3e23e8160039594a',
      state: 'accepted',
      revoked: true,
      attempts: 1,
      durationMs: 1.2,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      status: 200,
    },
    {
      line: 1,
      token: 'sha256:ca978112ca1bbdca',
      state: 'accepted',
      revoked: true,
      attempts: 1,
      durationMs: 1.2,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      status: 200,
    },
  ])
  expect(written[1]).toBe('journal 1-2\n')
})

test('a token that is not revoked is in the output, but not in the journal', async () => {
  const { recorder, written, failures, tally } = setUp()
  recorder.settle({ line: 1, token: 'a' }, failed('rejected'))
  await turn()
  expect(JSON.parse(written.join(''))).toMatchObject({
    revoked: false,
    error: { code: 'rejected', message: 'Because.' },
  })
  expect(failures).toEqual(['1 sha256:ca978112ca1bbdca is not revoked. Because.'])
  expect(tally).toMatchObject({ live: 1, revoked: 0 })
})

test('with verify, only proven revocations are confirmed', async () => {
  const { recorder, written, tally } = setUp({ verify: true })
  recorder.settle({ line: 1, token: 'a' }, { ...accepted, error: new LogoutError('unverified', 'No proof.') })
  recorder.settle({ line: 2, token: 'b' }, { ...accepted, state: 'verified' })
  await turn()
  expect(written.at(-1)).toBe('journal 2\n')
  expect(tally).toMatchObject({ revoked: 1, unproven: 1 })
})

test('twenty refusals of the application in a row end the run; a success resets the count', () => {
  const { recorder, fatal } = setUp()
  const refuse = (times: number): void => {
    for (let i = 0; i < times; i++) recorder.settle({ line: 1, token: 'a' }, failed('client_auth_failed'))
  }
  refuse(19)
  recorder.settle({ line: 1, token: 'a' }, accepted)
  refuse(19)
  expect(fatal).toEqual([])
  refuse(1)
  expect(fatal).toMatchObject([{ exitCode: 3, message: expect.stringContaining('20 requests in a row') }])
})

test.each(['rejected', 'network', 'rate_limited', 'provider_unavailable'] as const)(
  'any number of tokens that fail with %s does not end the run',
  (code) => {
    const { recorder, fatal } = setUp()
    for (let i = 0; i < 100; i++) recorder.settle({ line: 1, token: 'a' }, failed(code))
    expect(fatal).toEqual([])
  },
)

test('a journal that cannot be written ends the run, and nothing more is written', async () => {
  const { recorder, written, fatal } = setUp({ journalFails: true })
  recorder.settle({ line: 1, token: 'a' }, accepted)
  await turn()
  expect(fatal).toMatchObject([{ message: 'the disk is full' }])
  const before = written.length
  recorder.settle({ line: 2, token: 'b' }, accepted)
  recorder.finish()
  expect(written).toHaveLength(before)
})

test('settings that cannot be used end the run at once, as wrong usage', () => {
  const { recorder, fatal } = setUp()
  recorder.settle({ line: 1, token: 'a' }, failed('invalid_options'))
  expect(fatal).toMatchObject([{ exitCode: 2, message: 'Stopping: Because.' }])
})
