import { guardsIn, type Mutation } from '../mutation.ts'

const BODY = 'At most 64 KiB of a response is read'
const TIME = 'Every call ends in time'
const VANISHED = 'A database that becomes unreachable'
const MEMORY = 'A response takes at most twice its limit of memory'

const ROWS = "No row of the outbox's database stops"

/** Nobody can make it hang, grow or crash. */
export const limitGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: VANISHED,
      file: 'packages/private-store/src/timed-calls.ts',
      test: 'tests/outbox/src/vanished-database.test.ts',
    },
    [
      [
        'stops storing a logout when its time is over',
        'setTimeout(giveUp, this.#timeoutMs || this.#leastMs)',
        'setTimeout(giveUp, this.#timeoutMs * 1000 || this.#leastMs)',
        'makes add() fail within addTimeoutMs, stats() within its time, and close() end',
      ],
    ],
  ),
  ...guardsIn(
    { promise: ROWS, file: 'packages/outbox/src/shared-pause.ts', test: 'tests/outbox/src/alien-rows.test.ts' },
    [
      [
        'ignores a pause that is longer than a provider can require',
        "AND start_after <= now() + interval '${MAX_RETRY_AFTER_MS} milliseconds'",
        '',
        'delay nobody for longer than a provider can specify',
      ],
    ],
  ),
  ...guardsIn({ promise: ROWS, file: 'packages/outbox/src/entry.ts', test: 'tests/outbox/src/alien-rows.test.ts' }, [
    [
      'refuses a time that a Date cannot represent',
      "typeof value === 'number' && value >= 0 && value <= 8.64e15",
      "typeof value === 'number'",
      'stop neither a list of dead letters, nor their retry, nor statistics',
    ],
  ]),
  ...guardsIn({ promise: ROWS, file: 'packages/outbox/src/claims.ts', test: 'tests/outbox/src/alien-rows.test.ts' }, [
    [
      'claims rows with a policy',
      'code === UNIQUE_VIOLATION',
      'code === undefined',
      'with a policy of pg-boss keep nobody from claiming',
    ],
  ]),
  ...guardsIn({ promise: ROWS, file: 'packages/outbox/src/claims.ts', test: 'packages/outbox/src/claims.test.ts' }, [
    [
      'claims no more large rows than fit into memory',
      'const MAX_HELD = 33_554_432',
      'const MAX_HELD = Number.POSITIVE_INFINITY',
      'large logouts are claimed up to a total size, and the others as if for the first time',
    ],
  ]),
  ...guardsIn(
    { promise: ROWS, file: 'packages/outbox/src/stored-data.ts', test: 'tests/scale/src/oversized-rows.test.ts' },
    [
      [
        'reads no large note',
        'pg_column_size(data) <= ${MAX_NOTE_BYTES}',
        'true',
        'of any size stop neither the pace, nor the pause, nor a retry',
      ],
      [
        'reads no more than a logout has',
        "pg_column_size(data) <= ${MAX_DATA_BYTES} AND jsonb_typeof(data->'jwe')",
        "jsonb_typeof(data->'jwe')",
        'crash no worker with little memory, whatever their size and number',
      ],
    ],
  ),
  ...guardsIn(
    { promise: ROWS, file: 'packages/outbox/src/claimed-rows.ts', test: 'tests/scale/src/oversized-rows.test.ts' },
    [
      [
        'reads no row whose text is far longer than its data',
        "AND ${isPlain('data')} THEN data END",
        'THEN data END',
        'crash no worker with little memory, whatever their size and number',
      ],
    ],
  ),
  ...guardsIn({ promise: ROWS, file: 'packages/outbox/src/outcome.ts', test: 'packages/outbox/src/outcome.test.ts' }, [
    [
      'accepts no free text as a reason',
      "typeof value === 'string' && /^[\\w.-]{1,100}$/.test(value)",
      "typeof value === 'string'",
      'keeps the code of a provider as the reason, but no text',
    ],
  ]),
  ...guardsIn(
    {
      promise: 'Bulk revocation keeps only the requests in flight in memory',
      file: 'packages/core/src/bulk-run.ts',
      test: 'packages/core/src/revoke-many.test.ts',
    },
    [
      [
        'limits the requests in flight',
        'this.#inFlight + this.#settled.length < this.#window',
        'this.#settled.length < this.#window',
        'keeps at most the configured number of requests in flight',
      ],
    ],
  ),
  ...guardsIn({ promise: TIME, file: 'packages/core/src/time-limit.ts', test: 'tests/faults/src/slowness.test.ts' }, [
    ['ends an attempt when its time is up', "() => end('timeout')", '() => {}', 'a body that trickles'],
  ]),
  ...guardsIn({ promise: TIME, file: 'packages/core/src/time-limit.ts', test: 'tests/faults/src/process.test.ts' }, [
    [
      'leaves no timer behind',
      'clock.clearTimeout(timer)',
      '',
      'ends on its own after its calls with %s, without output',
    ],
  ]),
  ...guardsIn(
    {
      promise: 'Retries stay within the deadline',
      file: 'packages/core/src/retry.ts',
      test: 'tests/faults/src/retry-after.test.ts',
    },
    [
      [
        'stops at the deadline',
        'if (leastMs >= remainingMs) return undefined',
        'if (leastMs >= remainingMs) return remainingMs - 1',
        'which is beyond the deadline',
      ],
      [
        'waits as long as the provider requires',
        'const leastMs = failure.retryAfterMs ?? 0',
        'const leastMs = 0',
        '${status} with ${name}, and then success',
      ],
      ['ends when no retry is left', 'attempts > retries ||', '', '${status} without retries'],
    ],
  ),
  ...guardsIn(
    { promise: BODY, file: 'packages/core/src/fetch-transport.ts', test: 'packages/core/src/fetch-transport.test.ts' },
    [
      [
        'trusts a stated length only if it is short',
        'if (/^\\d{1,4}$/.test(length) && !encoded && Number(length) <= Math.min(SHORT_BYTES, maxBytes)) {',
        'if (/^\\d+$/.test(length) && !encoded) {',
        'an unusual Content-Length does not let a body bypass the limit',
      ],
      [
        'trusts a stated length only if the body was not decoded',
        '&& !encoded && Number(length)',
        '&& Number(length)',
        'the length does not describe a body that comes %s',
      ],
    ],
  ),
  ...guardsIn(
    { promise: BODY, file: 'packages/node/src/body-buffer.ts', test: 'packages/node/src/body-buffer.test.ts' },
    [
      [
        'stops at the limit',
        'this.#truncated = this.#codings === undefined || chunk.length > left',
        'this.#truncated = this.#codings === undefined',
        'a body is cut when it exceeds the limit, in chunks of any size',
      ],
    ],
  ),
  ...guardsIn(
    { promise: MEMORY, file: 'packages/node/src/content-coding.ts', test: 'packages/node/src/content-coding.test.ts' },
    [
      [
        'refuses more than two codings',
        'if (names.length > MAX_CODINGS) return undefined',
        '',
        'codingsOf(%j) reports that they are not supported',
      ],
      [
        'limits the decoded body',
        '{ maxOutputLength: maxBytes, chunkSize: maxBytes + 64 }',
        '{ maxOutputLength: 16 * maxBytes, chunkSize: maxBytes + 64 }',
        'decode() returns a body of exactly the limit, and not a byte more',
      ],
    ],
  ),
  ...guardsIn(
    { promise: MEMORY, file: 'packages/node/src/body-buffer.ts', test: 'packages/node/src/answer-memory.test.ts' },
    [
      [
        'copies small pieces into one buffer',
        'chunk.copy(this.#room(end), this.#size)',
        'void (((this as unknown as { kept: unknown[] }).kept ??= []).push(chunk), chunk.copy(this.#room(end), this.#size))',
        '256 responses of one-byte chunks each hold at most twice the limit',
      ],
    ],
  ),
]
