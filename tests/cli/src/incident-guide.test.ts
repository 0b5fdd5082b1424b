import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { binPath, start } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const PAGE = join(import.meta.dirname, '../../../docs/guides/bulk-and-incidents.md')
const CLI = 'npx @backend-logout/cli'

/** The printed commands of the walkthrough. */
function commandsOfTheWalk(): string[] {
  const [, walk = ''] = /^## Walk through an incident$([\s\S]*?)^###? /m.exec(readFileSync(PAGE, 'utf8')) ?? []
  return Array.from(walk.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, code = '']) => code.trim())
}

const folder = temporaryFolder()

test('the steps of the incident guide work, including Ctrl-C and an outage', async () => {
  const [emulatorCommand = '', table = '', dryRun = '', keys = '', revoke = '', sample = '', verify = ''] =
    commandsOfTheWalk()
  const cwd = folder.fresh()
  mkdirSync(cwd)
  const argsOf = (command: string): string[] => {
    expect(command.startsWith(`${CLI} `)).toBe(true)
    return command.slice(CLI.length + 1).split(' ')
  }
  const emulator = start(argsOf(emulatorCommand), { cwd })
  try {
    await emulator.seen(/AUTHING_APP_SECRET=\S+\n/)
    const exported = [...emulator.output.stdout.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [
      name,
      value,
    ])
    const env: Record<string, string> = Object.fromEntries(exported)
    const shell = async (command: string): Promise<string> => {
      const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
      const given = command.replaceAll(CLI, `node ${binPath}`)
      return (await promisify(execFile)('sh', ['-ec', given], { cwd, env: { ...process.env, ...env, PATH } })).stdout
    }
    await shell(table)
    expect(await shell(dryRun)).toMatch(
      /1,500 tokens would be revoked[\s\S]*500 left out by --where[\s\S]*at least 5\.4 s/,
    )
    await shell(keys)
    // Someone presses Ctrl-C in the middle, and the provider fails for a moment.
    const outcomes = join(cwd, 'report.outcomes.ndjson')
    const interrupted = start(argsOf(revoke), { cwd, env })
    while (!existsSync(outcomes) || statSync(outcomes).size < 20_000) await new Promise((done) => setTimeout(done, 20))
    interrupted.child.kill('SIGINT')
    expect(await interrupted.ended).toMatchObject({ code: 130 })
    await fetch(`${env.AUTHING_APP_HOST}/emulator/answer-next`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status: 502, times: 5 }),
    })
    const finished = await shell(revoke)
    expect(finished).toContain('The report')
    expect(await shell(sample)).toMatch(/^50 of 1,500 tokens: 0 active, 50 inactive\./)
    const verified = await shell(verify)
    expect(verified).toMatch(/^ok {4} signature[\s\S]*ok {4} output[\s\S]*ok {4} counts[\s\S]*ok {4} input/)
    expect(verified).toContain('1,500 tokens revoked.')
    const report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'))
    expect(report).toMatchObject({ complete: true, counts: { revoked: 1_500 }, leftOut: { filtered: 500 } })
    expect(report.runs).toHaveLength(2)
  } finally {
    emulator.child.kill('SIGINT')
    await emulator.ended
  }
})
