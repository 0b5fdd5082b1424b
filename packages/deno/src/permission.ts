import { LogoutError } from '@backend-logout/core'

/** The flags that grant the permissions of this package. */
export type PermissionFlag = '--allow-net' | '--allow-env' | '--allow-read'

/**
 * Turns Deno's refusal into an error that says how to grant the permission, and rethrows everything else. Such an error
 * is final: a retry changes nothing.
 *
 * @param what The operation, as the beginning of a sentence.
 * @param scope The scope of the flag.
 */
export function explainRefusal(thrown: unknown, what: string, flag: PermissionFlag, scope: string): unknown {
  if (!(thrown instanceof Deno.errors.NotCapable)) return thrown
  const cause = new Error(thrown.message)
  cause.name = thrown.name
  delete cause.stack
  return new LogoutError('invalid_options', `${what} needs a permission: run Deno with ${flag}=${scope}.`, { cause })
}
