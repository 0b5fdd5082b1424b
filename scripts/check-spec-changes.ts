/**
 * Compares the specs in the current folder with those of the last release. A change that breaks clients requires a
 * changeset that states it: major, or minor before 1.0, for the package that ships the spec.
 */
import { checkSpecs } from './spec-changes.ts'

const result = checkSpecs('.')
if (!result) console.log('Nothing has been released, so no spec can break a client.')
else {
  process.stdout.write(result.breaks)
  process.stderr.write(result.missing)
  if (result.missing) process.exitCode = 1
}
