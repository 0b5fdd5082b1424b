import { invalidOption, refuseUnknownOption } from '@backend-logout/core'

/** Options of {@link sessionIndexSchemaSql}. */
export interface SessionIndexSchemaOptions {
  /**
   * The schema.
   * @default 'backend_logout_sessions'
   */
  readonly schema?: string | undefined
  /** The application's role. It gets the rights to read and write the tables, but not to change them. */
  readonly role?: string | undefined
}

const NAMES: Readonly<Record<keyof SessionIndexSchemaOptions, true>> = { schema: true, role: true }

/** The default schema. */
export const SCHEMA = 'backend_logout_sessions'

/**
 * Returns the statements that create the tables of an index of sessions, for a database in which the application must not
 * do so itself. Once they exist, {@link createPostgresSessionIndex} creates nothing.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { sessionIndexSchemaSql } from '@backend-logout/receiver'
 *
 * console.log(sessionIndexSchemaSql({ role: 'web' }))
 * ```
 */
export function sessionIndexSchemaSql(options: SessionIndexSchemaOptions = {}): string {
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  refuseUnknownOption(options, NAMES)
  const { schema = SCHEMA, role } = options
  checkName('schema', schema)
  if (role !== undefined) checkName('role', role)
  const grants =
    role === undefined
      ? []
      : [
          `GRANT USAGE ON SCHEMA ${schema} TO ${role};`,
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};`,
        ]
  return [`${creation(schema)};`, ...grants, ''].join('\n')
}

/**
 * Checks a name that becomes part of statements.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkName(option: string, name: string): void {
  if (typeof name !== 'string' || !/^[a-z_][a-z0-9_]{0,49}$/.test(name))
    invalidOption(option, 'must be a lower-case name of at most 50 characters.')
}

/**
 * The statement that creates the tables, if they are missing. One statement, and so one transaction. The indexes use
 * hashes, because identifiers can be longer than a row of a B-tree.
 */
export function creation(schema: string): string {
  return `DO $$ BEGIN
    IF to_regclass('${schema}.logout') IS NOT NULL THEN RETURN; END IF;
    -- Even for one that exists, IF NOT EXISTS requires the right to create schemas.
    IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA ${schema}; END IF;
    CREATE TABLE ${schema}.session (
      id text PRIMARY KEY, iss text NOT NULL, sub text NOT NULL, sid text, at bigint NOT NULL, until bigint NOT NULL
    );
    CREATE INDEX session_sub ON ${schema}.session USING hash (sub);
    CREATE INDEX session_sid ON ${schema}.session USING hash (sid);
    CREATE INDEX session_until ON ${schema}.session (until);
    CREATE TABLE ${schema}.logout (iss text NOT NULL, sub text, sid text, at bigint NOT NULL, until bigint NOT NULL);
    CREATE INDEX logout_sub ON ${schema}.logout USING hash (sub);
    CREATE INDEX logout_sid ON ${schema}.logout USING hash (sid);
    CREATE INDEX logout_until ON ${schema}.logout (until);
  END $$`
}
