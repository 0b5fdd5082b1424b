import { guardsIn, type Mutation } from '../mutation.ts'

/** The receiver's handling of a report of a logout, and the cost of a report. */
export const logoutReportGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'A logout ends what it names and no more',
      file: 'packages/receiver/src/session-index.ts',
      test: 'packages/receiver/src/session-index.test.ts',
    },
    [
      [
        'keeps logins that began later',
        'if (notice.iss !== iss || at > notice.at) return false',
        'if (notice.iss !== iss) return false',
        'for any order of logins and reports, the same sessions remain, and none that began later',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout ends what it names and no more',
      file: 'packages/receiver/src/session-index.ts',
      test: 'packages/receiver/src/back-channel-handler.test.ts',
    },
    [
      [
        'accepts a sid only together with its sub',
        'notice.sid === sid && (notice.sub === undefined || notice.sub === sub)',
        'notice.sid === sid',
        'ends nothing if sid and sub do not belong together',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout ends what it names and no more',
      file: 'packages/receiver/src/memory-session-index.ts',
      test: 'packages/receiver/src/deliveries.test.ts',
    },
    [
      [
        'remembers reports that overtake a login',
        'for (const notice of reported) if (ends(notice, record)) return false\n',
        '',
        'in any order, and however often reports arrive, the same logins end, and none that began later',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout ends what it names and no more',
      file: 'packages/receiver/src/carry-out.ts',
      test: 'packages/receiver/src/deliveries.test.ts',
    },
    [
      [
        'names one session if the report names one',
        'return sid === undefined ? { iss, sub: sub as string, ...times } : { iss, sid, ...times }',
        'return sub !== undefined ? { iss, sub, ...times } : { iss, sid: sid as string, ...times }',
        'in any order, and however often reports arrive, the same logins end, and none that began later',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout ends what it names and no more',
      file: 'packages/receiver/src/postgres-session-index.ts',
      test: 'packages/receiver/src/session-index.test.ts',
    },
    [
      [
        'finds no session of another issuer, or a later one',
        'AND iss = $2 AND at <= $3 AND',
        'AND $2::text IS NOT NULL AND $3::bigint IS NOT NULL AND',
        'finds by sid, else by sub, for one issuer, up to a time',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A report that got a 200 is completed',
      file: 'packages/receiver/src/carry-out.ts',
      test: 'packages/receiver/src/back-channel-handler.test.ts',
    },
    [
      [
        'answers 200 only when every step has succeeded',
        '      throw new IncompleteLogoutError(step, error)\n',
        '      return undefined as T\n',
        '%s: nothing has ended, the response is 503, and another delivery succeeds',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A report that got a 200 is completed',
      file: 'packages/receiver/src/back-channel-handler.ts',
      test: 'packages/receiver/src/back-channel-handler.test.ts',
    },
    [
      [
        'remembers a token only when everything is done',
        '      const { sessions } = await carryOut(notice, options)\n',
        '      await verifier.handled(notice)\n      const { sessions } = await carryOut(notice, options)\n',
        '%s: nothing has ended, the response is 503, and another delivery succeeds',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A report that got a 200 is completed',
      file: 'packages/receiver/src/carry-out.ts',
      test: 'tests/everywhere/src/crash.test.ts',
    },
    [
      [
        'ends sessions last',
        '    const isListed = await this.#listAll()\n    if (isListed) await forEach([...this.#secured.keys()], (id) => this.#end(id)).catch(failed)\n',
        '    await forEach([...this.#secured.keys()], (id) => this.#end(id)).catch(failed)\n    await this.#listAll()\n',
        'every logout that got 200 stays complete after',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The response to a refused report does not contain the reason',
      file: 'packages/receiver/src/back-channel-handler.ts',
      test: 'packages/receiver/src/back-channel-handler.requests.test.ts',
    },
    [
      [
        'gives every refused token the same response',
        "if (refusal.code !== 'replayed') return refused(refusal.code, invalid(400))",
        "if (refusal.code !== 'replayed') return refused(refusal.code, problem(400, 'invalid_request', error.message))",
        'every refusal has the same response, whatever the reason',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The response to a refused report does not contain the reason',
      file: 'packages/receiver/src/claims.ts',
      test: 'packages/receiver/src/verifier.test.ts',
    },
    [
      [
        'repeats no part of a token',
        "refuse('wrong_audience', \"The token's aud does not name only this application.\")",
        "refuse('wrong_audience', `The token's aud is ${String(aud)}.`)",
        'errors contain no part of the token',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A report of a logout costs at most 32 KiB',
      file: 'packages/core/src/request-body.ts',
      test: 'packages/receiver/src/back-channel-handler.requests.test.ts',
    },
    [
      [
        'stops reading if a report is too long',
        "if (length > maxBytes) return { problem: 'too_large' }",
        "if (length > 1_000_000) return { problem: 'too_large' }\n      maxBytes = 2_000_000",
        'body_too_large: an endless body is not read to its end',
      ],
      [
        'abandons a body that does not arrive',
        'await within(leftMs, () => reader.read())',
        'await reader.read()',
        'incomplete_body: a body that stops or breaks off',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A report of a logout costs at most 32 KiB',
      file: 'packages/receiver/src/compact-token.ts',
      test: 'packages/receiver/src/verifier.refusals.test.ts',
    },
    [
      ['limits the JSON that it parses', 'OBJECT.test(text) && isSmall(text)', 'OBJECT.test(text)', 'lists in lists'],
      [
        'refuses tokens that are too long',
        'if (token.length > MAX_TOKEN_LENGTH) {',
        'if (token.length > 10 * MAX_TOKEN_LENGTH) {',
        'an endless token',
      ],
      [
        'reads no header and claims that are too long',
        'if (header.length + claims.length > MAX_READ_LENGTH) {',
        'if (header.length + claims.length > 2 * MAX_READ_LENGTH) {',
        'claims of 6 kB',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A report of a logout costs at most 32 KiB',
      file: 'packages/receiver/src/fetch-json.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'waits no longer for keys',
        'setTimeout(() => stop.abort(new Error(`no response within ${timeoutMs} ms`)), timeoutMs)',
        'setTimeout(() => stop.abort(new Error(`no response within ${timeoutMs} ms`)), 600_000)',
        'a response that never comes ends with a timeout',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No request stops a server that receives logouts',
      file: 'packages/core/src/request-body.ts',
      test: 'packages/receiver/src/back-channel-handler.requests.test.ts',
    },
    [
      [
        'refuses requests that the server cannot create',
        "    return { problem: error instanceof TimedOut ? 'too_slow' : 'broken_off' }",
        "    if (error instanceof TypeError) throw error\n    return { problem: error instanceof TimedOut ? 'too_slow' : 'broken_off' }",
        'incomplete_body: a request that its server cannot create, for example with an invalid Host',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No request stops a server that receives logouts',
      file: 'packages/core/src/shared-work.ts',
      test: 'packages/core/src/shared-work.test.ts',
    },
    [
      [
        'does not wait for a fetch that another request has lost',
        'const leftMs = startedAt + this.#patienceMs - this.#clock.now()',
        'const leftMs = 600_000',
        'when their patience ends, one of the calls that wait begins another run, which the others share',
      ],
      [
        'serves all requests with the first keys that arrive',
        'for (const { outcome } of this.#runs) outcome.resolve(value)',
        'run.outcome.resolve(value)',
        'the first success settles all calls, whoever began the run: %i',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No handler of a receiver, of a revocation feed',
      file: 'packages/receiver/src/thrown.ts',
      test: 'tests/everywhere/src/never-rejects.test.ts',
    },
    [
      [
        'responds even if what was thrown cannot be read',
        '  } catch {\n    return { isReported: false }',
        '  } catch (unreadable) {\n    throw unreadable',
        'the receiver of logout tokens responds if %s fails, whatever it throws',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No handler of a receiver, of a revocation feed',
      file: 'packages/revocations/src/thrown.ts',
      test: 'tests/everywhere/src/never-rejects.test.ts',
    },
    [
      [
        'answers a proxy even if what was thrown cannot be read',
        '  } catch {\n    return {}',
        '  } catch (unreadable) {\n    throw unreadable',
        'the check for a proxy responds if %s fails, whatever it throws',
      ],
    ],
  ),
]
