import { createReadStream } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CommandError, describeSystemError } from '../command-error.ts'
import { formatCount } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { readTextFile } from '../files/read-text-file.ts'
import { print, printJson, type Terminal } from '../terminal/terminal.ts'
import { type FileDigest, hasDigest } from './file-digest.ts'
import { countOutcomes, OUTCOMES } from './outcome-count.ts'
import { type AuditReport, parseReport } from './report-file.ts'
import { isSignatureOf, parsePublicKey, signaturePath, thumbprint } from './signature.ts'

/** The options of `backend-logout report verify`. */
export interface VerifyReportOptions {
  readonly key?: string
  readonly output?: string
  readonly input?: string
  readonly json?: boolean
}

/** The result of one check. */
interface Check {
  readonly what: string
  readonly ok: boolean
  readonly why: string
}

/** Checks a report: its signature, its files and its counts. */
export async function verifyReport(path: string, options: VerifyReportOptions, terminal: Terminal): Promise<ExitCode> {
  const text = await readTextFile(path, 'The report')
  const report = parseReport(text, path)
  const checks: Check[] = []
  if (options.key !== undefined) checks.push(await checkSignature(path, text, options.key))
  // A name in a report must not lead to another folder.
  const output = options.output ?? join(dirname(path), basename(report.output.name))
  checks.push(...(await checkOutput(output, report)))
  if (options.input !== undefined) checks.push(await checkInput(options.input, report, terminal))
  const ok = checks.every((check) => check.ok)
  if (options.json) printJson(terminal, { ok, signed: options.key !== undefined, complete: report.complete, checks })
  else {
    for (const check of checks) print(terminal, `${check.ok ? 'ok    ' : 'FAILED'} ${check.what}: ${check.why}`)
    if (options.key === undefined) print(terminal, 'The signature was not checked: pass the public key with --key.')
    print(terminal, ...describeReport(report))
  }
  return ok ? ExitCode.done : ExitCode.no
}

async function checkSignature(path: string, text: string, keyFile: string): Promise<Check> {
  const key = parsePublicKey(await readTextFile(keyFile, 'The file of --key'), 'The file of --key')
  const file = signaturePath(path)
  const jws = await readTextFile(file, 'The signature').catch((error: unknown) => {
    if (error instanceof CommandError) return ''
    throw error
  })
  const ok = await isSignatureOf(jws, text, key)
  const name = await thumbprint(key)
  const no = jws === '' ? `${file} cannot be read` : `${file} is not the signature of this report by the given key`
  return { what: 'signature', ok, why: ok ? `by the key ${name}` : no }
}

async function checkOutput(path: string, { output, counts }: AuditReport): Promise<Check[]> {
  const file = await checkFile('output', fileAt(path), output)
  if (!file.ok) return [file]
  const found = await countOutcomes(path)
  const wrong = OUTCOMES.filter((outcome) => found.counts[outcome] !== counts[outcome])
  const why = wrong.map((outcome) => `${formatCount(found.counts[outcome])} ${outcome}`).join(', ')
  return [
    file,
    {
      what: 'counts',
      ok: wrong.length === 0,
      why: wrong.length === 0 ? 'as in the output' : `the output has ${why}`,
    },
  ]
}

/** A run that was interrupted has read only a part of its input. */
async function checkInput(path: string, { input, complete }: AuditReport, { stdin }: Terminal): Promise<Check> {
  const source = path === '-' ? { name: 'standard input', open: () => stdin } : fileAt(path)
  if (complete) return checkFile('input', source, input)
  const { bytes } = input
  const check = await checkFile('input', source, input, bytes)
  if (!check.ok) return check
  return { ...check, why: `the first ${formatCount(bytes)} bytes of ${source.name} are those that the run has read` }
}

/** A file to check. */
interface Source {
  readonly name: string
  readonly open: () => AsyncIterable<Uint8Array>
}

function fileAt(path: string): Source {
  return { name: path, open: () => createReadStream(path) }
}

/** @param end See `hasDigest`. */
async function checkFile(what: string, { name, open }: Source, digest: FileDigest, end?: number): Promise<Check> {
  try {
    const ok = await hasDigest(open(), digest, end)
    return { what, ok, why: ok ? `${name} has the SHA-256 of the report` : `${name} is not the file of the report` }
  } catch (error) {
    return { what, ok: false, why: `${name} cannot be read: ${describeSystemError(error)}` }
  }
}

function describeReport({ application, provider, runs, endedAt, complete, counts, tool }: AuditReport): string[] {
  const others = OUTCOMES.filter((outcome) => outcome !== 'revoked' && counts[outcome] > 0)
  const not = others.map((outcome) => `${formatCount(counts[outcome])} ${outcome}`).join(', ')
  return [
    `${formatCount(counts.revoked)} tokens revoked${not ? `; ${not}` : ''}${complete ? '.' : '; the run was not complete.'}`,
    `By application ${application} at ${provider}, from ${runs[0]} to ${endedAt}, with ${tool.name} ${tool.version}.`,
  ]
}
