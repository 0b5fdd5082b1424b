import { expect, test } from 'vitest'
import { run } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

async function leak(count: number): Promise<string> {
  const tokens = await provider.issueTokens(count)
  return folder.file(`user_id,token\n${tokens.map((token, at) => `u-${at},${token}`).join('\n')}\n`)
}

test('many tokens are introspected, before and after they are revoked', async () => {
  const input = await leak(40)
  const columns = [input, '--column', 'token']
  const before = await run(['introspect', ...columns], { env })
  expect(before).toMatchObject({ code: 0, stdout: '40 tokens: 40 active, 0 inactive.\n' })
  expect(await run(['introspect', ...columns, '--expect', 'inactive'], { env })).toMatchObject({ code: 1 })
  await run(['revoke', ...columns], { env })
  const output = folder.fresh()
  const after = await run(['introspect', ...columns, '--keep', 'user_id', '--expect', 'inactive', '-o', output], {
    env,
  })
  expect(after).toMatchObject({ code: 0, stdout: '40 tokens: 0 active, 40 inactive.\n' })
  const lines = folder.ndjson(output)
  expect(lines).toHaveLength(40)
  expect(lines.find(({ line }) => line === 2)).toEqual({
    line: 2,
    token: expect.stringMatching(/^sha256:/),
    active: false,
    at: expect.stringMatching(/Z$/),
    kept: { user_id: 'u-0' },
  })
})

test('an outage is not taken for revoked tokens', async () => {
  const input = await leak(3)
  const down = { ...env, AUTHING_APP_HOST: 'http://127.0.0.1:1', AUTHING_APP_RETRIES: '0' }
  for (const expected of [[], ['--expect', 'inactive']]) {
    const { code, stdout } = await run(['introspect', input, '--column', 'token', ...expected], { env: down })
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: expect.stringMatching(/^3 tokens: 0 active, 0 inactive, 3 unknown/),
    })
  }
})

test('a sample has the requested size, and states the total', async () => {
  provider.reset()
  const args = ['introspect', await leak(60), '--column', 'token', '--sample', '7', '--rate', '100']
  expect(await run(args, { env })).toMatchObject({ code: 0, stdout: '7 of 60 tokens: 7 active, 0 inactive.\n' })
  expect(provider.requests).toHaveLength(7)
  const { stdout } = await run([...args, '--json'], { env })
  expect(JSON.parse(stdout)).toEqual({ asked: 7, active: 7, inactive: 0, failed: 0, reasons: {}, invalid: 0, of: 60 })
})

test('one token per line is enough for many, and a token without a response is unknown', async () => {
  const tokens = await provider.issueTokens(3)
  provider.answerNext({ endpoint: 'introspection', status: 400, body: { error: 'invalid_request' } })
  const { code, stdout } = await run(['introspect', '-c', '1'], { env, input: `${tokens.join('\n')}\ntwo words\n` })
  expect(code).toBe(1)
  expect(stdout).toContain(
    '3 tokens: 2 active, 0 inactive, 1 unknown.\nUnknown: rejected 1. Run the same command again',
  )
  expect(stdout).toContain('1 rows should contain a token but do not.')
})

test('a wrong secret stops it at the first token', async () => {
  const args = ['introspect', await leak(20), '--column', 'token']
  provider.reset()
  expect(await run(args, { env: { ...env, AUTHING_APP_SECRET: 'wrong' } })).toMatchObject({ code: 3 })
  expect(provider.requests.length).toBeLessThanOrEqual(16)
})

test.each([[], ['--expect', 'inactive'], ['--sample', '5'], ['--json']])(
  'no row that meets --where is a mistake, not a state: %j',
  async (...more) => {
    const args = ['introspect', await leak(2), '--column', 'token', '--where', 'user_id=u-9', ...more]
    const { code, stdout, stderr } = await run(args, { env })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('There is no token in')
  },
)
