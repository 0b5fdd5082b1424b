import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installed, runIn } from './consumer.ts'
import { root } from './program.ts'

const guide = await readFile(join(root, 'docs/guides/regenerating-clients.md'), 'utf8')
// tests/generators runs the rest.
const [ownClient = ''] = guide.split('\n## Other generators')
const blocks = [...ownClient.matchAll(/^```(ts|sh)[^\n]*\n(.*?)^```$/gms)].map(([, language, code = '']) => ({
  language,
  code,
}))
const compile = blocks.flatMap(({ code }) => /^npx tsc .*$/m.exec(code) ?? [])

test('the guide leads from the changed contract to a typed client that revokes at an emulator with these paths', async () => {
  const folder = await installed('npm', [])
  let output = ''
  for (const { language, code } of blocks) {
    if (language === 'sh') output = await runIn(folder, ['bash', '-euo', 'pipefail', '-c'], [code])
    else await writeFile(join(folder, /^\/\/ (\S+)/.exec(code)?.[1] ?? ''), code)
  }
  expect(output.trim().split('\n')).toEqual(['tenant 7', 'true', 'false'])

  // The compiler has read the changed contract.
  const client = await readFile(join(folder, 'client.ts'), 'utf8')
  await writeFile(join(folder, 'client.ts'), client.replace("'/oauth2/revoke'", "'/token/revocation'"))
  expect(compile).toHaveLength(1)
  // This time with the compiler of the workspace, which takes a fifth of the time.
  const [command = ''] = compile
  const tsc = command.replace(
    'npx tsc',
    `'${process.execPath}' '${join(root, 'node_modules/typescript-native/bin/tsc')}'`,
  )
  await expect(runIn(folder, ['bash', '-euo', 'pipefail', '-c'], [tsc])).rejects.toThrow(
    '\'"/token/revocation"\' is not assignable',
  )
})
