import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/logged-out-everywhere.md'), 'utf8')
const run = promisify(execFile)

test('the demo prints what the guide shows', async () => {
  const [, announced] = /```text\n([^`]+)```/.exec(guide) ?? []
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'everywhere.ts')])
  expect(stdout).toBe(announced)
}, 60_000)

test.each(['application.ts', 'everywhere.ts'])('the guide shows %s unchanged', (name) => {
  const [, ...lines] = readFileSync(join(import.meta.dirname, name), 'utf8').split('\n')
  expect(guide).toContain(`\`\`\`ts\n// ${name}\n${lines.join('\n')}\`\`\``)
})
