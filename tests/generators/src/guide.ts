import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Emulator } from '@backend-logout/emulator'

const root = join(import.meta.dirname, '..')
const GUIDE = join(root, '../../docs/guides/regenerating-clients.md')
const SPECS = dirname(createRequire(import.meta.url).resolve('@backend-logout/core/specs/provider.openapi.yaml'))
const EDITIONS = { '3.1': 'provider.openapi.yaml', '3.0': 'provider.openapi-3.0.yaml' }

/** The printed part of the guide about one generator. */
export interface Walk {
  /** The packages that its first command installs, without versions. */
  readonly installs: readonly string[]
  /** The commands between installing and calling. */
  readonly generate: readonly string[]
  /** The command that revokes the first token of `tokens.txt`. */
  readonly call: string
  readonly files: ReadonlyMap<string, string>
}

/** Reads the section of the guide with this heading, and the file that all sections share. */
export function readWalk(heading: string): Walk {
  const sections = readFileSync(GUIDE, 'utf8').split(/^### /m)
  const text = sections.find((section) => section.startsWith(`${heading}\n`)) ?? ''
  const blocks = [...text.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)]
  const commands = blocks.flatMap(([, language, code = '']) => (language === 'sh' ? code.trim().split('\n') : []))
  const call = commands.pop()
  if (call === undefined) throw new Error(`The guide has no commands for ${heading}.`)
  const isInstall = (command: string): boolean => /^(?:npm|pip|sudo apt-get) install /.test(command)
  const [first = ''] = commands.filter((command) => command.startsWith('npm install '))
  const shared = sections.flatMap((section) => [
    ...section.matchAll(/^```ts[^\n]*\n(\/\/ settings\.ts\n[\s\S]*?)^```$/gm),
  ])
  const files = [...shared.map(([, code = '']) => code), ...blocks.map(([, , code = '']) => code)].flatMap((code) => {
    const [, name] = /^(?:\/\/|#) ([\w.-]+)\n/.exec(code) ?? []
    return name === undefined ? [] : [[name, code] as const]
  })
  return {
    installs: first
      .split(' ')
      .slice(2)
      .map((name) => name.replace(/(?<=.)@.*$/, '')),
    generate: commands.filter((command) => !isInstall(command)),
    call,
    files: new Map(files),
  }
}

/**
 * Puts the files of a walkthrough into a folder, next to a token and to the contract, in this edition, under its usual
 * name.
 */
export function prepareWalk({ files }: Walk, folder: string, token: string, edition: keyof typeof EDITIONS): void {
  mkdirSync(folder, { recursive: true })
  for (const name of Object.values(EDITIONS)) copyFileSync(join(SPECS, name), join(folder, name))
  copyFileSync(join(SPECS, EDITIONS[edition]), join(folder, EDITIONS['3.1']))
  for (const [name, code] of files) writeFileSync(join(folder, name), code)
  writeFileSync(join(folder, 'tokens.txt'), `${token}\n`)
}

/** Runs a command of a walkthrough, with the generators of this workspace, and returns its output. */
export async function runStep(
  command: string,
  folder: string,
  { app, appHost }: Emulator,
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const PATH = [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(':')
  const settings = { AUTHING_APP_HOST: appHost, AUTHING_APP_ID: app.appId, AUTHING_APP_SECRET: app.appSecret }
  const options = { cwd: folder, env: { ...process.env, ...settings, ...more, PATH } }
  const { stdout } = await promisify(execFile)('sh', ['-ec', command.replace(/^npx /, '')], options)
  return stdout
}
