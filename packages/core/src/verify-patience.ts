import { isDuration } from './call-options.ts'
import { invalidOption } from './invalid-option.ts'
import { refuseUnknownOption } from './refuse-unknown-option.ts'

const PATIENCE_MS = 5_000

/**
 * The time for which introspection is repeated for a token that is still active, in milliseconds; `undefined` without
 * verification.
 *
 * @throws LogoutError `invalid_argument`
 */
export function verifyPatience(
  verify: boolean | { readonly withinMs?: number | undefined } | undefined,
): number | undefined {
  if (!verify) return undefined
  const given = verify === true ? {} : verify
  refuseUnknownOption(given, { withinMs: true }, {}, 'verify.', 'invalid_argument')
  const { withinMs = PATIENCE_MS } = given
  if (isDuration(withinMs, 0)) return withinMs
  return invalidOption('verify.withinMs', 'must be 0 to 86400000 milliseconds.', 'invalid_argument')
}
