import { CommandError } from '../command-error.ts'
import { type ConnectionOptions, readSettings, type Settings } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { fingerprintFor } from '../fingerprint.ts'
import { ownName } from '../terminal/own-name.ts'
import { note, printJson, type Terminal } from '../terminal/terminal.ts'
import { type Check, printCheck, printDiagnosis } from './check.ts'
import { checkClientAuth } from './check-client-auth.ts'
import { checkConnection } from './check-connection.ts'
import { checkSettings, reportSettingsError } from './check-settings.ts'
import { checkTokens } from './check-tokens.ts'
import type { Examination } from './examination.ts'
import { type GivenTokens, readGivenTokens } from './given-tokens.ts'
import { WireTap } from './wire-tap.ts'

/** The options of `backend-logout doctor`. */
export interface DoctorCommandOptions extends ConnectionOptions {
  readonly json?: boolean
}

/** Checks the setup and how the provider behaves, step by step. */
export async function runDoctor(
  file: string | undefined,
  options: DoctorCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const tokens = file === undefined ? undefined : await readGivenTokens(file, terminal)
  const checks: Check[] = []
  const report = (check: Check): void => {
    checks.push(check)
    if (!options.json) printCheck(terminal, check)
  }
  const name = ownName(terminal)
  let settings: Settings | undefined
  try {
    settings = await readSettings(options, terminal)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    reportSettingsError(error, name, report)
  }
  const fingerprint = await fingerprintFor(terminal)
  using tap = new WireTap()
  if (settings) await examine({ settings, tap, fingerprint, report, ownName: name }, tokens, terminal)
  const healthy = checks.every(({ status }) => status !== 'problem')
  if (options.json) printJson(terminal, { healthy, checks })
  else printDiagnosis(terminal, checks)
  return healthy ? ExitCode.done : ExitCode.no
}

async function examine(examination: Examination, tokens: GivenTokens | undefined, terminal: Terminal): Promise<void> {
  const { report, ownName } = examination
  if (!(await checkSettings(examination))) {
    report({ name: 'connection', status: 'skipped', detail: 'the settings are incomplete' })
    return
  }
  if (!(await checkConnection(examination))) {
    report({ name: 'revocation', status: 'skipped', detail: 'the provider cannot be reached' })
    return
  }
  const usable = await checkClientAuth(examination)
  if (!tokens) {
    const detail = `no token was given: '${ownName} doctor FILE' revokes one and checks the result`
    report({ name: 'tokens', status: 'skipped', detail })
  } else if (!usable.revocation) {
    report({ name: 'tokens', status: 'skipped', detail: 'not touched, because revocation does not work yet' })
  } else {
    note(terminal, 'Revoking the given tokens, to see how the provider responds.')
    await checkTokens(examination, tokens)
  }
}
