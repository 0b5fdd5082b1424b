import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'
import { installed, runIn } from './consumer.ts'
import { root } from './program.ts'
import { setScene } from './quick-start.ts'

const guide = await readFile(join(root, 'docs/guides/regenerating-clients.md'), 'utf8')
const blocks = [...guide.matchAll(/^```(ts|sh)[^\n]*\n(.*?)^```$/gms)].map(([, language, code = '']) => ({
  language,
  code,
}))

test('the guide leads from the published contract, changed, to a typed client that revokes', async () => {
  await using emulator = await startEmulator()
  const [tokens, otherTokens] = await Promise.all([emulator.signIn(), emulator.signIn()])
  const { app, appHost } = emulator
  const folder = await installed('npm', [])
  emulator.answerNext({ endpoint: 'introspection', status: 200, body: { active: true, tenant_id: 'tenant 7' } })

  // Paths below the host and not below the issuer: this is the provider that differs from the contract.
  const place = (code: string): string =>
    setScene(code, { app, appHost, issuer: appHost, tokens, otherTokens })
      .replaceAll("'/oauth2/revoke'", "'/oidc/token/revocation'")
      .replaceAll("'/oauth2/introspect'", "'/oidc/token/introspection'")
  let output = ''
  for (const { language, code } of blocks) {
    if (language === 'sh') output = await runIn(folder, ['bash', '-euo', 'pipefail', '-c'], [code])
    else await writeFile(join(folder, /^\/\/ (\S+)/.exec(code)?.[1] ?? ''), place(code))
  }
  expect(output.trim().split('\n')).toEqual(['tenant 7', 'true'])
  expect(await emulator.isActive(tokens.accessToken)).toBe(false)

  // The compiler has read the changed contract.
  await writeFile(
    join(folder, 'client.ts'),
    place(blocks.map(({ code }) => code).find((code) => code.includes('// client.ts')) ?? '').replace(
      "'/oidc/token/revocation'",
      "'/token/revocation'",
    ),
  )
  const compile = blocks.map(({ code }) => code).find((code) => code.includes('tsc')) ?? ''
  await expect(runIn(folder, ['bash', '-euo', 'pipefail', '-c'], [compile])).rejects.toThrow(
    '\'"/token/revocation"\' is not assignable',
  )
})
