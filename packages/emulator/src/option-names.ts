/**
 * Refuses an option that does not exist: if it were ignored, a setting would have no effect.
 *
 * @param known An object with the names that exist.
 * @param owner The owner of these options.
 * @throws {TypeError} When there is one; the message names those that exist.
 */
export function refuseUnknown(options: object, known: object, owner: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    throw new TypeError(`${name} is not an option of ${owner}; these are: ${Object.keys(known).join(', ')}`)
  }
}
