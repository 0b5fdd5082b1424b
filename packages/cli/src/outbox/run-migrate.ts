import { ExitCode } from '../exit-code.ts'
import { print, type Terminal } from '../terminal/terminal.ts'
import { type OutboxLocation, openOutboxOf } from './open.ts'

/** The options of `backend-logout outbox migrate`. */
export interface MigrateCommandOptions extends OutboxLocation {
  readonly printSql?: boolean
  readonly from?: number
  readonly role?: string
}

/** Creates the tables of an outbox or brings them up to date, or shows how. */
export async function runMigrate(options: MigrateCommandOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.printSql) {
    const { outboxSchemaSql } = await import('@backend-logout/outbox')
    const sql = outboxSchemaSql({ from: options.from, role: options.role }).trimEnd()
    // Line by line, because line breaks within a text are escaped.
    print(terminal, ...sql.split('\n'))
    return ExitCode.done
  }
  await using _outbox = await openOutboxOf(options, terminal, 'rows')
  print(terminal, 'The tables are up to date.')
  return ExitCode.done
}
