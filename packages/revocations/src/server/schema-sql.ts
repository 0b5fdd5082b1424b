import { isPlainName } from '@backend-logout/private-store'
import { refuse } from '../errors.ts'
import { refuseOthers } from '../option-names.ts'
import { creation, SCHEMA } from './schema.ts'

/** Options of {@link revocationLogSchemaSql}. */
export interface RevocationLogSchemaOptions {
  /**
   * The schema.
   * @default 'backend_logout_revocations'
   */
  readonly schema?: string | undefined
  /** A role that appends and reads. It gets the rights for that, but not to change tables. */
  readonly role?: string | undefined
}

/**
 * Returns the statements that create the tables of a revocation log, for a database in which the application must not do
 * so itself. Once they exist, {@link openRevocationLog} creates nothing.
 *
 * @throws RevocationError `invalid_options`
 * @example
 * ```ts
 * import { revocationLogSchemaSql } from '@backend-logout/revocations/server'
 *
 * console.log(revocationLogSchemaSql({ role: 'logout_worker' }))
 * ```
 */
export function revocationLogSchemaSql(options: RevocationLogSchemaOptions = {}): string {
  if (typeof options !== 'object' || options === null) refuse('Options must be an object.')
  const { schema = SCHEMA, role, ...others } = options
  refuseOthers(others, 'schema, role')
  for (const [name, value] of Object.entries({ schema, role })) {
    if (value !== undefined && !isPlainName(value)) {
      refuse(`${name} must be a lower-case name of at most 50 characters.`)
    }
  }
  const grants =
    role === undefined
      ? []
      : [
          `GRANT USAGE ON SCHEMA ${schema} TO ${role};`,
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};`,
        ]
  return [`${creation(schema)};`, ...grants, ''].join('\n')
}
