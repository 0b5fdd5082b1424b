import { expect, test } from 'vitest'
import { run } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

test.each([
  ['429', { status: 429 }],
  ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
  ['502', { status: 502 }],
])('no proof is lost to %s from introspection, before or after', async (_what, fault) => {
  const tokens = await provider.issueTokens(30)
  // One of ten requests is refused.
  for (let at = 0; at < 6; at++) {
    provider.answerNext({ endpoint: 'introspection', delayMs: 1, times: 9 })
    provider.answerNext({ endpoint: 'introspection', ...fault })
  }
  const { code, stdout } = await run(['revoke', '--verify', '-c', '8', '--json'], { env, input: tokens.join('\n') })
  expect(JSON.parse(stdout)).toMatchObject({ revoked: 30, unproven: 0, notRevoked: 0 })
  expect(code).toBe(0)
  provider.reset()
})

test('a resumed run proves what the previous one could not', async () => {
  const tokens = await provider.issueTokens(2)
  const [journal, output] = [folder.fresh(), folder.fresh()]
  const args = ['revoke', folder.file(tokens.join('\n')), '--verify', '-c', '1', '-j', journal, '-o', output, '--json']
  // The first introspection succeeds and the second is refused; for the second token, both succeed.
  provider.answerNext({ endpoint: 'introspection', delayMs: 1 })
  provider.answerNext({ endpoint: 'introspection', status: 403 })
  const first = await run(args, { env })
  expect(first.code).toBe(1)
  expect(JSON.parse(first.stdout)).toMatchObject({ revoked: 1, unproven: 1 })
  const second = await run(args, { env })
  expect(JSON.parse(second.stdout)).toMatchObject({ revoked: 1, unproven: 0, skipped: 1 })
  expect(second.code).toBe(0)
  expect(folder.ndjson(output).at(-1)).toMatchObject({ line: 1, state: 'verified', revoked: true })
})

test('a token that was inactive before the first run is never reported as proven', async () => {
  const [token] = (await provider.issueTokens(1)) as [string]
  await run(['revoke'], { env, input: token })
  const args = ['revoke', folder.file(token), '--verify', '-j', folder.fresh(), '--json']
  for (let time = 0; time < 2; time++) {
    expect(JSON.parse((await run(args, { env })).stdout)).toMatchObject({ revoked: 0, unproven: 1 })
  }
})
