import { refuse } from './errors.ts'

/**
 * Refuses options that do not exist. The reader has few bytes and no dependencies, so it names all options that do exist.
 *
 * @param others The remaining options.
 * @param known Their names.
 * @throws RevocationError `invalid_options`
 */
export function refuseOthers(others: Readonly<Record<string, unknown>>, known: string): void {
  for (const name in others) if (others[name] !== undefined) refuse(`The options are ${known}.`)
}
