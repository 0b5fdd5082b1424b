import type { EncryptionKey } from '@backend-logout/outbox'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'

/**
 * Reads keys as `backend-logout outbox key` prints them, separated by white space or commas.
 *
 * @param source The name of their source in messages. No part of the keys is repeated, not even the name.
 * @throws CommandError when one cannot be used
 */
export function parseEncryptionKeys(text: string, source: string): EncryptionKey[] {
  const names = new Set<string>()
  return text
    .trim()
    .split(/[\s,]+/)
    .map((entry, index) => {
      const refuse = (why: string): never => {
        throw new CommandError(ExitCode.usage, `Key ${index + 1} in ${source} ${why}`)
      }
      const colon = entry.lastIndexOf(':')
      const kid = entry.slice(0, Math.max(0, colon))
      const key = entry.slice(colon + 1)
      if (!/^[\w.:-]{1,100}$/.test(kid)) {
        refuse("must be NAME:KEY, such as those that 'backend-logout outbox key' makes.")
      }
      if (!/^[\w-]{43}=?$/.test(key)) refuse('must have 32 bytes in base64url after its name.')
      if (names.has(kid)) refuse('has the name of an earlier one.')
      names.add(kid)
      return { kid, key }
    })
}
