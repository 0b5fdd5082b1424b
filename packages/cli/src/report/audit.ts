import { CommandError } from '../command-error.ts'
import { readSecretFile } from '../files/read-text-file.ts'
import type { InputSum } from '../input/input-sum.ts'
import type { RevokeCommandOptions } from '../revoke/revoke-options.ts'
import type { RunEnd } from '../revoke/summary.ts'
import { settled } from '../revoke/tally.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The data that a run collects for its report. */
export interface Audit {
  /** Receives the input. */
  readonly digest: InputSum
  /** Writes the report; returns the reason if it cannot be written. */
  write(run: AuditedRun): Promise<CommandError | undefined>
}

/** A run that is over. */
export interface AuditedRun {
  readonly application: string
  readonly provider: string
  /** The addresses that all runs sent requests to. */
  readonly endpoints: ReadonlySet<string>
  readonly runs: readonly string[]
  readonly end: RunEnd
}

/**
 * Prepares a report, if one is requested. All problems with it are found before anything is sent.
 *
 * @throws CommandError
 */
export async function prepareAudit(options: RevokeCommandOptions, terminal: Terminal): Promise<Audit | undefined> {
  const { report: path, signKey, output = '', dryRun } = options
  if (path === undefined) return undefined
  const { checkOutcomesFile, checkReportFolder, checkReportPath } = await import('./report-file.ts')
  const { plainSum } = await import('./file-digest.ts')
  checkReportPath(path)
  checkOutcomesFile(output)
  // A dry run writes no file.
  if (!dryRun) await checkReportFolder(path)
  const role = 'The file of --sign-key'
  const { parsePrivateKey, signaturePath } = await import('./signature.ts')
  const key =
    signKey === undefined ? undefined : await parsePrivateKey(await readSecretFile(signKey, role, terminal), role)
  if (key) (await import('./signature-file.ts')).checkSignaturePath(signaturePath(path))
  return {
    digest: plainSum(),
    write: async ({ application, provider, endpoints, runs, end }) => {
      // If nothing was sent, there is nothing to report.
      if (!end.inputDigest || (end.fatal && settled(end.tally) === 0)) return undefined
      const { writeReport } = await import('./write-report.ts')
      try {
        await writeReport({
          path,
          output,
          application,
          provider,
          endpoints,
          input: end.inputDigest,
          runs,
          end,
          options,
          key,
        })
      } catch (error) {
        if (error instanceof CommandError) return error
        throw error
      }
      return undefined
    },
  }
}
