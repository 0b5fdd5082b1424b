import { isPlainName } from '@backend-logout/private-store'
import { getConstructionPlans, getMigrationPlans } from 'pg-boss'
import { SCHEMA } from './boss.ts'
import { OutboxError } from './errors.ts'
import { refuseUnknownOption } from './option-names.ts'
import { withStandardStrings } from './standard-strings.ts'

/** Options of {@link outboxSchemaSql}. */
export interface OutboxSchemaOptions {
  /**
   * The schema.
   * @default 'backend_logout'
   */
  readonly schema?: string | undefined
  /**
   * The version of the existing tables: the number in the table `version` of the schema.
   * @default no tables exist
   */
  readonly from?: number | undefined
  /** A role that adds, works and counts. It gets the rights for that, but not to change tables. */
  readonly role?: string | undefined
}

/** More than the versions of pg-boss's tables. */
const MAX_VERSION = 200

const NAMES: Readonly<Record<keyof OutboxSchemaOptions, true>> = { schema: true, from: true, role: true }

/**
 * Returns the statements that create the tables of an outbox, or bring them up to date, for a database in which the
 * application must not do so itself. Once they exist, {@link openOutbox} creates nothing.
 *
 * @throws OutboxError `invalid_argument`
 * @example
 * ```ts
 * import { outboxSchemaSql } from '@backend-logout/outbox'
 *
 * const sql = outboxSchemaSql({ role: 'logout_worker' })
 * ```
 */
export function outboxSchemaSql(input: OutboxSchemaOptions = {}): string {
  refuseUnknownOption(input, NAMES, { hints: { version: 'use from' } })
  const { schema = SCHEMA, from, role } = input
  for (const [name, value] of Object.entries({ schema, role })) {
    if (value !== undefined && !isPlainName(value)) {
      throw new OutboxError('invalid_argument', `${name} must be a lower-case name of at most 50 characters.`)
    }
  }
  if (from !== undefined && !(Number.isInteger(from) && from >= 1)) {
    throw new OutboxError('invalid_argument', 'from must be a whole number from 1 on.')
  }
  const statements = withStandardStrings(
    from === undefined ? getConstructionPlans(schema) : migrationFrom(schema, from),
  )
  return role === undefined ? statements : `${statements.trimEnd()}\n\n${grants(schema, role)}`
}

function migrationFrom(schema: string, from: number): string {
  const statements = planFrom(schema, from)
  if (statements !== undefined) return statements
  // Tried only now, because pg-boss does not list them.
  const older = Array.from({ length: MAX_VERSION }, (_, at) => at + 1).filter((version) => planFrom(schema, version))
  const newest = Math.max(...older) + 1
  if (from === newest) return `-- Tables of version ${from} are up to date.`
  throw new OutboxError(
    'invalid_argument',
    `from must be the version of the existing tables, ${Math.min(...older)} to ${newest}. Tables of other versions cannot be brought up to date.`,
  )
}

/** The statements that update tables of a version; `undefined` if pg-boss has none. */
function planFrom(schema: string, version: number): string | undefined {
  try {
    return getMigrationPlans(schema, version)
  } catch {
    return undefined
  }
}

function grants(schema: string, role: string): string {
  return `GRANT USAGE ON SCHEMA ${schema} TO ${role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${role};
`
}
