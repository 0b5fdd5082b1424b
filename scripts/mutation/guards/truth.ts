import { guardsIn, type Mutation } from '../mutation.ts'

const NO_REVOCATION = 'An error inside a success, a web page, half an answer'
const VISIBLE = 'Text from providers, databases, journals, files or the environment'
const OTHER_JOURNAL = 'A journal that is damaged, forged without its key'

/** What is reported is true. */
export const truthGuards: readonly Mutation[] = [
  ...guardsIn(
    { promise: NO_REVOCATION, file: 'packages/core/src/verdict.ts', test: 'packages/core/src/verdict.test.ts' },
    [
      [
        'reads the body of a 2xx for a failure',
        '(body) => !/page|broken/.test(body.kind) && !saysNo(body))',
        '(body) => !/page|broken/.test(body.kind))',
        'a 2xx is a failure',
      ],
      [
        'takes a page or a broken body of a 2xx for a failure',
        '(body) => !/page|broken/.test(body.kind) && !saysNo(body))',
        '(body) => !saysNo(body))',
        'that makes no sense: %s',
      ],
      [
        'takes a redirect that was followed for a failure',
        'const success = status >= 200 && status < 300 && !answer.redirected',
        'const success = status >= 200 && status < 300',
        'that a redirect was hidden or followed, whatever the rest says',
      ],
      [
        'takes introspection only with a boolean',
        "typeof fieldsOf(jsonOf(body))?.active === 'boolean'",
        'fieldsOf(jsonOf(body))?.active !== undefined',
        'is not answered by %s',
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
        'says that an endless answer was cut off',
        'return { body: new TextDecoder().decode(bytes), truncated: true }',
        'return { body: new TextDecoder().decode(bytes), truncated: false }',
        'with an endless ${type}',
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
        'takes a request whose connection broke for one that may have arrived',
        "  network: {\n    retryable: true,\n    token: 'unknown',",
        "  network: {\n    retryable: true,\n    token: 'live',",
        'a reset within the headers',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: '`verified` means that introspection called the token active before',
      file: 'packages/core/src/verify.ts',
      test: 'packages/core/src/verify.test.ts',
    },
    [
      ['proves nothing when the token was inactive before', '  if (!before) {', '  if (false) {', 'verification'],
      [
        'believes introspection that still calls the token active',
        "    if (after === false) return { state: 'verified' }\n    if (after !== true)",
        "    if (typeof after === 'boolean') return { state: 'verified' }\n    if (after !== true)",
        'gives false for revokeToken() and live for logout() when the token stays active',
      ],
      [
        'proves nothing when the provider would not say before',
        "  if (typeof before !== 'boolean') return unproven",
        '  if (false) return unproven',
        'verification',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The reports agree with what providers that others wrote did',
      file: 'packages/core/src/verify.ts',
      test: 'tests/interop/src/interop.test.ts',
    },
    [
      [
        'asks the provider before it calls a token revoked',
        '    const after = await ask(core, token, { ...call.limits, tokenTypeHint, signal, deadlineMs })\n    if (after === false)',
        '    const after: Activity = false\n    if (after === false)',
        'reports "${report}"',
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
      ['makes direction marks visible', '[\\p{Cc}\\p{Cf}', '[\\p{Cc}', 'a direction that is turned around'],
      ['makes line separators visible', '\\p{Zl}\\p{Zp}', '', 'line breaks of all kinds'],
    ],
  ),
  ...guardsIn(
    { promise: VISIBLE, file: 'packages/cli/src/terminal/output.ts', test: 'packages/cli/src/terminal/output.test.ts' },
    [
      [
        'lets every line through the gate',
        'this.#stream.write(printableLines(lines))',
        "this.#stream.write(lines.map((line) => `${line}\\n`).join(''))",
        'each text is one line, whatever is in it',
      ],
      [
        'lets the status line through the gate',
        'this.#status?.(printable(line))',
        'this.#status?.(line)',
        'a status line passes the same gate, makes room for lines and is taken away',
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
        'a record that was changed, made up or taken from another journal is refused',
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
        'the journal of another application, provider or demand is refused',
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
        'nothing of another input is given out when %s',
      ],
    ],
  ),
]
