import { CALLS } from './call-option-names.ts'
import type { LogoutClient } from './client.ts'
import { invalidOption } from './invalid-option.ts'

/** The methods of a client, as opposed to its properties. */
const METHODS: ReadonlySet<unknown> = new Set([...Object.keys(CALLS), 'buildLogoutForm'])

/** Those that return no promise. */
const SYNCHRONOUS: ReadonlySet<unknown> = new Set<keyof LogoutClient>([
  'buildLogoutUrl',
  'buildLogoutForm',
  'revokeTokens',
])

/**
 * A client that is created when it is first used: for modules that are also loaded without settings, such as by `next
 * build` or in a container's build. Wrong settings reject the first call, or throw if it does not return a promise, such
 * as `buildLogoutUrl`.
 *
 * @param create Creates the client, such as `createLogoutClientFromEnv`. Called again if it threw.
 * @throws LogoutError `invalid_options` if `create` is not a function, such as a client itself
 * @example
 * ```ts
 * import { createLogoutClient, lazyLogoutClient } from '@backend-logout/core'
 *
 * export const client = lazyLogoutClient(() =>
 *   createLogoutClient({ appId: process.env.APP_ID ?? '', appHost: 'https://example.genauth.ai' }),
 * )
 * ```
 */
export function lazyLogoutClient<C extends LogoutClient>(create: () => C): C {
  if (typeof create !== 'function') invalidOption('create', 'must be a function that returns a client.')
  let client: C | undefined
  const made = (): C => {
    client ??= create()
    return client
  }
  return new Proxy(Object.create(null) as C, {
    get(_target, name) {
      // Code that awaits the client itself, or checks for its methods, does not use it yet.
      if (name === 'then') return undefined
      if (client || !METHODS.has(name)) return made()[name as keyof C]
      const call = (...given: unknown[]): unknown =>
        (made()[name as keyof C] as (...given: unknown[]) => unknown)(...given)
      return SYNCHRONOUS.has(name) ? call : async (...given: unknown[]) => call(...given)
    },
    has: (_target, name) => METHODS.has(name) || name in made(),
  })
}
