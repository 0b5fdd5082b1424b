import { guardsIn, type Mutation } from '../mutation.ts'

const NO_REVOCATION = 'An error inside a success, a web page, a wrong type'
const KEPT = 'Every logout that the outbox has acknowledged survives `kill -9`'
const VISIBLE = 'Text from providers, databases, journals, files or the environment'
const OTHER_JOURNAL = 'A journal that is damaged, forged without its key'

/** Reports are true. */
export const truthGuards: readonly Mutation[] = [
  ...guardsIn(
    { promise: NO_REVOCATION, file: 'packages/core/src/verdict.ts', test: 'packages/core/src/verdict.test.ts' },
    [
      [
        'reads the body of a 2xx for a failure',
        'isReadable(answer, body) && !saysNo(body) &&',
        'isReadable(answer, body) &&',
        'a 2xx is a failure',
      ],
      [
        'treats a page or a broken body of a 2xx as a failure',
        'isReadable(answer, body) && !saysNo(body) &&',
        '!saysNo(body) &&',
        'that cannot be interpreted: %s',
      ],
      [
        'accepts introspection only with a boolean',
        "typeof active === 'boolean'",
        'active !== undefined',
        'does not accept %s',
      ],
      [
        'reads no proof from an introspection that failed',
        "typeof active === 'boolean' && !saysMore &&",
        "typeof active === 'boolean' &&",
        'proves nothing beside %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: NO_REVOCATION,
      file: 'packages/core/src/verdict.ts',
      test: 'packages/core/src/verdict.statuses.test.ts',
    },
    [
      [
        'treats a followed redirect as a failure',
        'const success = answer.ok && !answer.redirected && !isForeign(answer)',
        'const success = answer.ok && !isForeign(answer)',
        'that a redirect was hidden or followed, despite everything else',
      ],
      [
        'reads an error as one of the token only where it can be',
        'endsToken?.(failure) && canConcernToken(answer, body, failure)',
        'endsToken?.(failure)',
        'is not inferred from %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: NO_REVOCATION,
      file: 'packages/core/src/fetch-transport.ts',
      test: 'tests/faults/src/successes.test.ts',
    },
    [
      [
        'reports that an endless response was cut off',
        'return { text: bodyText(bytes, contentType), truncated: true }',
        'return { text: bodyText(bytes, contentType), truncated: false }',
        'with an endless ${type}',
      ],
    ],
  ),
  ...guardsIn(
    { promise: NO_REVOCATION, file: 'packages/node/src/exchange.ts', test: 'packages/node/src/exchange.test.ts' },
    [
      [
        'treats a success as incomplete whose connection was reset',
        'if (failure) this.#fail(failure)',
        'if (false) this.#fail(failure)',
        'rejects a success without a length whose connection is reset',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A request that may or may not have arrived is `unknown`',
      file: 'packages/core/src/codes.ts',
      test: 'tests/faults/src/connections.test.ts',
    },
    [
      [
        'treats a request whose connection broke as possibly delivered',
        "  network: {\n    retryable: true,\n    token: 'unknown',",
        "  network: {\n    retryable: true,\n    token: 'live',",
        'a reset within the headers',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: '`verified` means that introspection reported the token as active before',
      file: 'packages/core/src/verify.ts',
      test: 'packages/core/src/verify.test.ts',
    },
    [
      ['requires that the token was active before', '  if (!before) {', '  if (false) {', 'verification'],
      [
        'trusts introspection that still reports the token as active',
        "if (after === false) return { state: 'verified', ...wasActive }\n",
        "if (typeof after === 'boolean') return { state: 'verified', ...wasActive }\n",
        'returns false for revokeToken() and live for logout() when the token stays active',
      ],
      [
        'requires a result of introspection before',
        "  if (typeof before !== 'boolean') return unproven",
        '  if (false) return unproven',
        'verification',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Reports agree with what third-party providers did with the tokens',
      file: 'packages/core/src/verify.ts',
      test: 'tests/interop/src/interop.test.ts',
    },
    [
      [
        'waits for the provider before it reports a token as revoked',
        'const after = await ask({ ...call.limits, retries, deadlineMs: remainingMs(call) })',
        'const after: Activity = await Promise.resolve(false)',
        'reports "${report}"',
      ],
    ],
  ),
  ...guardsIn({ promise: KEPT, file: 'packages/outbox/src/adder.ts', test: 'tests/outbox/src/crash.test.ts' }, [
    [
      'acknowledges a logout once it is stored',
      '      const giveUpAt = Math.max(',
      "      for (const { stored } of batch) stored('')\n      const giveUpAt = Math.max(",
      'no logout that was acknowledged is lost when the process is killed, in a folder',
    ],
  ]),
  ...guardsIn(
    { promise: KEPT, file: 'packages/cli/src/revoke/token-source.ts', test: 'tests/cli/src/kill-and-resume.test.ts' },
    [
      [
        'skips tokens that the journal confirms',
        'else if (history?.done.has(row.line)) this.#skip()',
        'else if (row.line < 0) this.#skip()',
        'a run that is killed with -9 at random moments and resumed revokes everything, and repeats nothing that was confirmed',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: VISIBLE,
      file: 'packages/cli/src/terminal/printable.ts',
      test: 'packages/cli/src/terminal/printable.test.ts',
    },
    [
      ['makes control characters visible', '[\\p{Cc}\\p{Cf}', '[\\p{Cf}', 'a color'],
      [
        'makes direction marks visible',
        '\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Default_Ignorable_Code_Point}',
        '\\p{Zl}\\p{Zp}\\p{Cs}',
        'a direction that is turned around',
      ],
      ['makes line separators visible', '\\p{Zl}\\p{Zp}', '', 'line breaks of all kinds'],
    ],
  ),
  ...guardsIn(
    { promise: VISIBLE, file: 'packages/cli/src/terminal/output.ts', test: 'packages/cli/src/terminal/output.test.ts' },
    [
      [
        'escapes every line',
        'this.#stream.write(printableLines(lines))',
        "this.#stream.write(lines.map((line) => `${line}\\n`).join(''))",
        'each text is one line, whatever it contains',
      ],
      [
        'escapes the status line',
        'this.#status?.(printable(line))',
        'this.#status?.(line)',
        'a status line is also escaped, makes room for lines and is removed',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: OTHER_JOURNAL,
      file: 'packages/cli/src/revoke/journal-record.ts',
      test: 'packages/cli/src/revoke/journal.test.ts',
    },
    [
      [
        'compares the seal of a record',
        '  if (key && seal?.[1] !== key.sealOf(text)) return undefined\n',
        '',
        'a record that was changed, forged or taken from another journal is refused',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: OTHER_JOURNAL,
      file: 'packages/cli/src/revoke/journal-history.ts',
      test: 'packages/cli/src/revoke/journal.test.ts',
    },
    [
      [
        'compares provider and application',
        '  if (provider !== wanted.provider || app !== wanted.app) {',
        '  if (false) {',
        'the journal of another application, provider or set of options is refused',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: OTHER_JOURNAL,
      file: 'packages/cli/src/revoke/token-source.ts',
      test: 'packages/cli/src/revoke/token-source.test.ts',
    },
    [
      [
        'compares the input with the sums in the journal',
        'if (checkpoint.sum !== (isKeyed(checkpoint) ? sum : this.#unkeyedSum()))',
        'if (false)',
        'no token of another input is returned when %s',
      ],
    ],
  ),
]
