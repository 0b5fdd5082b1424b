/**
 * Lets a transaction of pg-boss read backslashes in strings as such: its functions contain some, and an old application
 * may have turned `standard_conforming_strings` off for the database. Other statements are returned unchanged.
 */
export function withStandardStrings(statements: string): string {
  return statements.replace(/^\s*BEGIN;/, '$& SET LOCAL standard_conforming_strings = on;')
}
