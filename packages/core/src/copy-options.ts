import { CLIENT } from './client-option-names.ts'

/**
 * Copies options, for packages that change some of them. Spreading would lose those that an object inherits: the
 * accessors and methods of a class, and the members of defaults that are its prototype.
 *
 * @param known An object with the names that exist, as for {@link refuseUnknownOption}; by default, those of a client.
 * @returns the options with these names, and all members of the object itself
 * @example
 * ```ts
 * import { copyOptions } from '@backend-logout/core'
 *
 * class Settings {
 *   get appId() {
 *     return 'app'
 *   }
 * }
 *
 * console.log(copyOptions(new Settings())) // { appId: 'app' }
 * ```
 */
export function copyOptions<O extends object>(options: O, known: object = CLIENT): O {
  const copy = { ...options }
  for (const name of Object.keys(known) as (keyof O)[]) {
    if (options[name] !== undefined) copy[name] = options[name]
  }
  return copy
}
