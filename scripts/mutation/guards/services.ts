import { guardsIn, type Mutation } from '../mutation.ts'

/** Services that follow the revocation list, refreshes and forms. */
export const serviceGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'A logout is on the list before the provider is called',
      file: 'packages/browser-proxy/src/server/revoke-tokens.ts',
      test: 'packages/browser-proxy/src/server/revocation-list.test.ts',
    },
    [
      [
        'puts access tokens on the list before it calls the provider',
        '    const listed = await list(stored)\n    return { ...(await revokeAtProvider(stored, front)), ...listed }',
        '    const done = await revokeAtProvider(stored, front)\n    return { ...done, ...(await list(stored)) }',
        'the access token is on the list before the provider is called, and the response says so',
      ],
      [
        'claims only what the list has stored',
        'return { listed: appended && entries.length === named.length }',
        'return { listed: true }',
        'a list that %s does not prevent the logout, and the response does not claim that the token is refused',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Every entry that was acknowledged is eventually refused by every reader',
      file: 'packages/revocations/src/server/cursor.ts',
      test: 'tests/revocations/src/interleaving.test.ts',
    },
    [
      [
        'remembers which transactions were still running',
        "return [hex(BigInt(xmin)), offset(xmax), others.join('_')].join('-')",
        "return [hex(BigInt(xmin)), offset(xmax), ''].join('-')",
        'for every interleaving of transactions and readers, every reader has exactly the committed entries',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Every entry that was acknowledged is eventually refused by every reader',
      file: 'packages/revocations/src/server/cursor.ts',
      test: 'tests/revocations/src/history.test.ts',
    },
    [
      [
        'counts no transaction as seen whose number can be assigned again',
        'if (end >= BigInt(xmax)) return snapshot',
        'return snapshot',
        'numbers of transactions that are assigned again after a crash hide no entry',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Every entry that was acknowledged is eventually refused by every reader',
      file: 'packages/revocations/src/server/sql-store.ts',
      test: 'tests/revocations/src/history.test.ts',
    },
    [
      [
        'looks for the newest row that the reader has seen',
        'return cursor.start === start &&',
        'return true ||',
        'a restored or promoted server sends readers to the start, and they miss nothing and lose nothing',
      ],
      [
        'compares that row, and not only its number',
        'return anchor === cursor.anchor.hash',
        'return true',
        'a new entry that gets the number of a lost one is not taken for it',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A list that is cut off never answers `valid`',
      file: 'packages/revocations/src/follow.ts',
      test: 'packages/revocations/src/follow.test.ts',
    },
    [
      [
        'returns stale as soon as it is too old',
        "isFresh() ? 'valid' : 'stale'",
        "isFresh() || !signal.aborted ? 'valid' : 'stale'",
        'becomes stale at its maximum age, keeps its entries, and recovers on its own',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A list that is cut off never answers `valid`',
      file: 'packages/revocations/src/freshness.ts',
      test: 'packages/revocations/src/freshness.test.ts',
    },
    [
      [
        'refuses a response that is older than an earlier one',
        'const isNew = asOf - this.#asOf >= sent - this.#received - TOLERANCE_MS',
        'const isNew = asOf > 0',
        'a response that is older than an earlier one is refused, and the next is accepted only if it continues from there',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Order, repetition and restarts do not change the list',
      file: 'packages/revocations/src/marks.ts',
      test: 'packages/revocations/src/revocation-table.test.ts',
    },
    [
      [
        'only raises times',
        'Math.max(this.#times[place + index] as number, Math.min(time, MAX))',
        'Math.min(time, MAX)',
        'its verdict follows the entries, in any order and however often they come',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Invalid responses of a feed',
      file: 'packages/revocations/src/feed.ts',
      test: 'packages/revocations/src/feed.test.ts',
    },
    [
      [
        'stops at the size limit',
        'const MAX_BODY_BYTES = 10_000_000',
        'const MAX_BODY_BYTES = 10_000_000_000',
        'that sends too much is dropped, whatever length it declares, even compressed',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Invalid responses of a feed',
      file: 'packages/revocations/src/page.ts',
      test: 'packages/revocations/src/page.test.ts',
    },
    [
      [
        'refuses a page with an invalid entry',
        '    entries.every(isEntry) &&\n',
        '',
        'is refused with an invalid %s: %o',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Claims of a wrong type are not valid',
      file: 'packages/revocations/src/revocation-table.ts',
      test: 'packages/revocations/src/revocation-table.test.ts',
    },
    [
      [
        'refuses names of a wrong type',
        '(!isName(name) || marks?.covers(name, issuedAt) === true)',
        'marks?.covers(name as string, issuedAt) === true',
        'never accepts a token whose claims are invalid: %s %o',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The feed serves only readers that `authorize` admits',
      file: 'packages/revocations/src/server/feed-handler.ts',
      test: 'packages/revocations/src/server/feed-handler.test.ts',
    },
    [
      [
        'requires true',
        'if (isAuthorized !== true) {',
        'if (isAuthorized === false) {',
        'is closed if authorize fails, or returns anything but true',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Events and metrics name no token, user or session',
      file: 'packages/opentelemetry/src/client-calls.ts',
      test: 'packages/opentelemetry/src/instrument.test.ts',
    },
    [
      [
        'leaves the token out of the attributes of a call',
        '        ...open.server,\n',
        '        ...open.server,\n        token: String((event as { token?: string }).token),\n',
        'every package is measured, and no attribute names a token, a user or a session',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A refresh that is in progress when the user logs out',
      file: 'packages/browser-proxy/src/server/refresh-session.ts',
      test: 'packages/browser-proxy/src/server/refresh-session.test.ts',
    },
    [
      [
        'hands orphaned tokens to the outbox',
        '    await outbox.add({',
        '    if (!current) return undefined\n    await outbox.add({',
        'hands the fresh tokens to the outbox if the session ends during the refresh',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A refresh that is in progress when the user logs out',
      file: 'packages/browser-proxy/src/server/end-session.ts',
      test: 'packages/browser-proxy/src/server/session-lock.test.ts',
    },
    [
      [
        'looks at the session again before it ends',
        '    if (read.ok && read.value && !session.lock) {',
        '    if (false as boolean && read.ok && read.value) {',
        'without a lock, tokens that a refresh puts into the session during a logout are also revoked',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A refresh that is in progress when the user logs out',
      file: 'packages/receiver/src/carry-out.ts',
      test: 'packages/receiver/src/log-out-everywhere.test.ts',
    },
    [
      [
        'looks at each session again before it ends',
        '    if (!(await this.#list(await this.#secureTokens(id)))) return\n',
        '',
        'secures tokens that a refresh puts into a session meanwhile',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A form without a script logs out only',
      file: 'packages/browser-proxy/src/server/form-door.ts',
      test: 'packages/browser-proxy/src/server/form-door.attacks.test.ts',
    },
    [
      [
        'requires the CSRF token of the session',
        'if (!matches) throw',
        'if (false) throw',
        'an attack changes nothing:',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A form without a script logs out only',
      file: 'packages/browser-proxy/src/server/guards.ts',
      test: 'packages/browser-proxy/src/server/form-door.attacks.test.ts',
    },
    [['refuses forms in frames', "if (door === 'form') refuseFrames(headers)", '', 'an attack changes nothing:']],
  ),
  ...guardsIn(
    {
      promise: 'With a synchronous standby, neither an acknowledged logout',
      file: 'packages/outbox/src/postgres-store.ts',
      test: 'tests/scale/src/operators.test.ts',
    },
    [
      [
        'waits for the standby as the option requires',
        'synchronousCommit ? database.committing(synchronousCommit, ms) : database.within(ms)',
        'database.within(ms)',
        'is waited for according to `synchronousCommit`, whatever the setting of the server',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A worker with a wrong clock',
      file: 'packages/outbox/src/shared-pace.ts',
      test: 'tests/scale/src/clocks.test.ts',
    },
    [
      [
        'takes the time from the database',
        'extract(epoch FROM clock_timestamp()) * 1000 AS now, pause.ms',
        '${Date.now()}::float8 AS now, pause.ms',
        'workers whose clocks are two hours ahead, a minute ahead and an hour behind share one pace and one pause',
      ],
    ],
  ),
]
