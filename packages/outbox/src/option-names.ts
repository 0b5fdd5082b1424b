import { findUnknownOption } from '@backend-logout/core'
import { OutboxError } from './errors.ts'

/**
 * Refuses an option that does not exist.
 *
 * @param known An object with the names that exist.
 * @throws OutboxError with `code`
 */
export function refuseUnknownOption(
  options: unknown,
  known: object,
  {
    of,
    hints,
    code = 'invalid_argument',
  }: {
    readonly of?: string
    readonly hints?: Readonly<Record<string, string>>
    readonly code?: 'invalid_options' | 'invalid_argument'
  } = {},
): void {
  if (typeof options !== 'object' || options === null) throw new OutboxError(code, 'Options must be an object.')
  const unknown = findUnknownOption(options, known, hints)
  if (unknown) throw new OutboxError(code, `${of ? `${of}.` : ''}${unknown.option} ${unknown.reason}`)
}
