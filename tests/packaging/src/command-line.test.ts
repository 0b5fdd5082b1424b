import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, inject, test } from 'vitest'
import { installed } from './consumer.ts'
import { root } from './program.ts'

const { environment } = inject('release')
const readme = readFileSync(join(root, 'packages/cli/README.md'), 'utf8')
const section = /^## Get started in ten minutes\n(.*?)^## /ms.exec(readme)?.[1] ?? ''
const [emulator = '', ...commands] = Array.from(section.matchAll(/^```sh\n(.*?)^```$/gms), ([, code = '']) => code)

/** A terminal in a folder in which the command is installed. */
function terminal(folder: string, settings: Readonly<Record<string, string>> = {}) {
  const path = [join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const env = { ...process.env, ...environment, ...settings, PATH: path }
  return (code: string) => spawn('bash', ['-c', `exec 2>&1\n${code}`], { cwd: folder, env })
}

test.concurrent.each(process.env.LONG ? (['npm', 'pnpm', 'Bun'] as const) : (['pnpm'] as const))(
  "the steps of the command line's README, installed with %s, end with a thousand revoked tokens",
  async (toolchain) => {
    const folder = await installed(toolchain, ['@backend-logout/cli'])
    await using ended = new AsyncDisposableStack()
    const provider = terminal(folder)(`exec ${emulator}`)
    ended.defer(async () => {
      const exit = once(provider, 'exit')
      provider.kill('SIGINT')
      await exit
    })
    // Its output is to be pasted into another terminal.
    let printed = ''
    for await (const chunk of provider.stdout.setEncoding('utf8')) {
      printed += chunk
      if (/^export AUTHING_APP_SECRET=.*\n/m.test(printed)) break
    }
    const settings = Object.fromEntries(
      Array.from(printed.matchAll(/^export (\w+)=(.*)$/gm), ([, name, value]) => [name, value]),
    )
    expect(Object.keys(settings)).toHaveLength(3)

    const open = terminal(folder, settings)
    const outputs: string[] = []
    for (const code of commands) outputs.push(await text(open(code).stdout))

    const [doctor, oneToken] = outputs
    expect(doctor).toMatch(/✓ revocation/)
    expect(oneToken).toMatch(/ is active\..*1 token revoked.* is not active\./s)
    const fates = (await readFile(join(folder, 'fate.ndjson'), 'utf8')).trim().split('\n')
    expect(fates.filter((fate) => JSON.parse(fate).revoked)).toHaveLength(1000)
  },
)
