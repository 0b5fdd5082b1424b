/**
 * Writes the exports of the package in the current folder, from its built declarations: `etc/ENTRY.api.md`, one for
 * each entry, so that a review shows every change. With `--check`, it writes nothing, and fails if a report differs.
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

interface Manifest {
  readonly name: string
  readonly publishConfig: { readonly exports?: Readonly<Record<string, string | { readonly types: string }>> }
}

const check = process.argv.includes('--check')
const projectFolder = resolve('.')
const { name, publishConfig }: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const silent = { default: { logLevel: ExtractorLogLevel.None } }
const temporary = mkdtempSync(join(tmpdir(), 'backend-logout-api-'))
const folder = join(projectFolder, 'etc')

const fail = (message: string): void => {
  console.error(`${message} Run \`npm run api\`, read the difference, and commit the result.`)
  process.exitCode = 1
}

const written = new Set<string>()
for (const [entry, target] of Object.entries(publishConfig.exports ?? {})) {
  // The others are data.
  if (typeof target === 'string') continue
  const report = `${basename(name)}${entry.slice(1).replaceAll('/', '.')}.api.md`
  written.add(report)
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, target.types),
      compiler: { tsconfigFilePath: join(projectFolder, 'tsconfig.build.json') },
      apiReport: { enabled: true, reportFileName: report, reportFolder: folder, reportTempFolder: temporary },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: silent,
        tsdocMessageReporting: silent,
        // A type that is named but cannot be imported is also part of a review.
        extractorMessageReporting: {
          ...silent,
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  })
  mkdirSync(folder, { recursive: true })
  const missing = !existsSync(join(folder, report))
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: !check,
    messageCallback: (message) => {
      message.handled = message.category === 'console'
    },
  })
  if (check && (apiReportChanged || missing)) fail(`etc/${report} is not what ${name} exports.`)
}
for (const report of globSync('*.api.md', { cwd: folder })) {
  if (written.has(report)) continue
  if (check) fail(`etc/${report} is about an entry that is gone.`)
  else rmSync(join(folder, report))
}
rmSync(temporary, { recursive: true })
