import { equal, match } from 'node:assert/strict'
import { type Emulator, startEmulator } from '@backend-logout/emulator'

const environment = ({ appHost, app }: Emulator): Record<string, string> => ({
  AUTHING_APP_ID: app.appId,
  AUTHING_APP_SECRET: app.appSecret ?? '',
  AUTHING_APP_HOST: appHost,
})

function program(args: readonly string[], env: Record<string, string>): Deno.Command {
  const cwd = new URL('.', import.meta.url).pathname
  const pipes = { stdin: 'piped', stdout: 'piped', stderr: 'piped' } as const
  return new Deno.Command(Deno.execPath(), { args: ['run', '--no-prompt', ...args], cwd, env, ...pipes })
}

Deno.test('revoke-tokens.ts revokes its input, and lists the fingerprints of tokens that it could not revoke', async () => {
  await using emulator = await startEmulator()
  const tokens = await emulator.issueTokens(60)
  const stranger = await emulator.issueTokens(1, { app: emulator.apps.basic })
  const allowNet = `--allow-net=${new URL(emulator.appHost).host}`
  const child = program([allowNet, '--allow-env', 'revoke-tokens.ts'], environment(emulator)).spawn()
  const writer = child.stdin.getWriter()
  await writer.write(new TextEncoder().encode(`${[...tokens, ...stranger].join('\n')}\n\n`))
  await writer.close()
  const { code, stdout, stderr } = await child.output()
  equal(new TextDecoder().decode(stdout), '60 revoked, 1 not\n')
  match(new TextDecoder().decode(stderr), /^sha256:\S+ live: /m)
  equal(code, 1)
  equal(emulator.countActive(), 1)
})

Deno.test('serve.ts serves with only the permissions that its README names', async () => {
  await using emulator = await startEmulator()
  // Below the ports that the system assigns: another program could get one of those before this one does.
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const allowNet = `--allow-net=${new URL(emulator.appHost).host},localhost:${port}`
  const child = program([allowNet, '--allow-env', 'serve.ts', `${port}`], environment(emulator)).spawn()
  try {
    const { value = new Uint8Array() } = await child.stdout.getReader().read()
    match(new TextDecoder().decode(value), /Listening/)
    const response = await fetch(`http://localhost:${port}/`)
    match(await response.text(), /You are signed out/)
  } finally {
    child.kill()
    await child.status
  }
})
