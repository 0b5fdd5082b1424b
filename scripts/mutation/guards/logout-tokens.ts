import { guardsIn, type Mutation } from '../mutation.ts'

/** The reports of a logout that the receiver accepts. */
export const logoutTokenGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'A logout token is accepted only if it meets every requirement',
      file: 'packages/receiver/src/claims.ts',
      test: 'packages/receiver/src/verifier.test.ts',
    },
    [
      [
        'requires the event',
        'if (!isObject(events) || !isObject(member(events, LOGOUT_EVENT))) {',
        'if (!isObject(events)) {',
        'oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event',
      ],
      [
        'refuses a nonce',
        "if (member(claims, 'nonce') !== undefined) refuse",
        'if (false) refuse',
        'oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce',
      ],
      [
        'requires that the audience is only this application',
        'if (!isOurs) refuse',
        'if (false) refuse',
        'oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout token is accepted only if it meets every requirement',
      file: 'packages/receiver/src/verifier.ts',
      test: 'packages/receiver/src/verifier.refusals.test.ts',
    },
    [
      [
        'verifies the signature',
        'await (sources.get(issuer) as KeySource).verify(signed, header)',
        '',
        'wrong_signature: by a foreign key that uses the kid of a known one',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout token is accepted only if it meets every requirement',
      file: 'packages/receiver/src/header.ts',
      test: 'packages/receiver/src/verifier.refusals.test.ts',
    },
    [
      [
        'accepts only expected algorithms',
        "if (typeof alg !== 'string' || !algorithms.has(alg)) {",
        "if (typeof alg !== 'string') {",
        'algorithm_not_allowed: signed with a public key as if it were a secret',
      ],
      [
        'refuses other types of tokens',
        "if (type !== expected && (strictType || (type !== undefined && type !== 'jwt'))) {",
        'if (type !== expected && strictType) {',
        'wrong_type',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A logout token is accepted only if it meets every requirement',
      file: 'packages/receiver/src/claims.ts',
      test: 'packages/receiver/src/verifier.refusals.test.ts',
    },
    [
      [
        'refuses expired tokens',
        'if (expiresAt <= now - issuer.clockToleranceSeconds) refuse',
        'if (false) refuse',
        'that has expired',
      ],
      [
        'refuses tokens from the future',
        'if (validFrom > now + issuer.clockToleranceSeconds) {',
        'if (false) {',
        'from the future',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Keys come only from the `jwks_uri`',
      file: 'packages/receiver/src/fetch-json.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'follows no redirect to keys',
        'if (redirected || (status >= 300 && status < 400)) throw',
        'if (false) throw',
        'a redirect is not followed',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Keys come only from the `jwks_uri`',
      file: 'packages/receiver/src/key-source.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'refuses the metadata of another issuer',
        'if (metadata.issuer !== issuer) throw',
        'if (false) throw',
        'its response is not accepted with %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Keys come only from the `jwks_uri`',
      file: 'packages/receiver/src/key-set.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'uses a key only with its own algorithm',
        'if (key.alg !== undefined && !isSame) return false',
        '',
        'a key for one algorithm is not used with another',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A key that the issuer has withdrawn',
      file: 'packages/receiver/src/key-source.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'fetches keys again after ten minutes',
        'const FRESH_MS = 600_000',
        'const FRESH_MS = 60_000_000',
        'a withdrawn key is accepted for ten minutes at most',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A key that the issuer has withdrawn',
      file: 'packages/receiver/src/key-source.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'does not keep the last keys for more than a day',
        'const LAST_GOOD_MS = 86_400_000',
        'const LAST_GOOD_MS = 864_000_000',
        'its last good keys remain valid for a day',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A token is not refused because the known keys',
      file: 'packages/receiver/src/key-source.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'refuses nothing by old keys',
        'if (refusal.finalUntil <= arrivedAt) throw',
        'if (false) throw',
        'while the keys cannot be fetched',
      ],
      [
        'requests keys again for tokens without a kid',
        'finalUntil: readAt + (keys.has(header.kid) ? FRESH_MS : PAUSE_MS)',
        'finalUntil: readAt + FRESH_MS',
        'if neither it nor the keys have a name',
      ],
      [
        'requests metadata again for a new algorithm',
        "if (refusal.code === 'algorithm_not_allowed' || ",
        'if (',
        'if its algorithm is new',
      ],
      [
        'requests metadata again for a new key',
        ' || this.#misfits <= FLOOD) this.#expireMetadata()',
        ') this.#expireMetadata()',
        '%i seconds after the metadata were read',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Forged tokens cause at most two requests',
      file: 'packages/receiver/src/key-source.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'pauses between two fetches of keys',
        'const PAUSE_MS = 30_000',
        'const PAUSE_MS = 0',
        'a thousand tokens with unknown kids cause two in a minute',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Forged tokens cause at most two requests',
      file: 'packages/receiver/src/verifier.ts',
      test: 'packages/receiver/src/key-source.test.ts',
    },
    [
      [
        'fetches keys last',
        '    const notice = readClaims(claims, issuer, Date.now() / 1000)\n',
        '    await (sources.get(issuer) as KeySource).verify(signed, header)\n    const notice = readClaims(claims, issuer, Date.now() / 1000)\n',
        'invalid tokens cause none',
      ],
    ],
  ),
]
