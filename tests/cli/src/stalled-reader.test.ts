import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { start } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until no more requests come, because nobody reads the outcomes. */
async function stalled(): Promise<number> {
  for (let before = -1; ; await sleep(700)) {
    const { length } = provider.requests
    if (length > 0 && length === before) return length
    before = length
  }
}

test.each([
  ['a pipe as standard output', (_pipe: string) => '-', 'exec "$@" >PIPE'],
  ['a named pipe', (pipe: string) => pipe, 'exec "$@"'],
])('Ctrl-C ends a run whose outcomes nobody reads from %s', { timeout: 40_000 }, async (_what, output, shell) => {
  provider.reset()
  const [input, pipe] = [folder.file((await provider.issueTokens(1_200)).join('\n')), folder.fresh()]
  execFileSync('mkfifo', [pipe])
  const reader = spawn('/bin/sh', ['-c', `exec sleep 60 <${pipe}`])
  try {
    const running = start(['revoke', input, '-q', '-o', output(pipe)], { env, shell: shell.replace('PIPE', pipe) })
    expect(await stalled()).toBeLessThan(1_200)
    const at = performance.now()
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130, signal: null })
    expect(performance.now() - at).toBeLessThan(9_000)
  } finally {
    reader.kill()
  }
})

test('a slow reader of a named pipe gets everything', async () => {
  const [input, output] = [folder.file((await provider.issueTokens(600)).join('\n')), folder.fresh()]
  const args = ['revoke', input, '-q', '-o', `${output}.pipe`]
  const shell = `mkfifo ${output}.pipe; (sleep 1; cat) <${output}.pipe >${output} & "$@"; code=$?; wait; exit $code`
  expect(await start(args, { env, shell }).ended).toMatchObject({ code: 0, stderr: '' })
  expect(folder.ndjson(output)).toHaveLength(600)
})

test('a named pipe whose reader leaves stops the run', async () => {
  const [input, pipe] = [folder.file((await provider.issueTokens(1_200)).join('\n')), folder.fresh()]
  const shell = `mkfifo ${pipe}; head -c 1 <${pipe} >/dev/null & "$@"`
  const { code, stderr } = await start(['revoke', input, '-q', '-o', pipe], { env, shell }).ended
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('cannot be written') })
})

test('a pipe is the same under the name of standard output', async () => {
  const input = folder.file((await provider.issueTokens(1_200)).join('\n'))
  const shell = '{ "$@"; echo "code $?" >&2; } | head -1 >/dev/null'
  const { stderr } = await start(['revoke', input, '-q', '-o', '/dev/stdout'], { env, shell }).ended
  expect(stderr).toContain('code 130')
})

test('introspect stops when its reader leaves, and cannot write into its own input', async () => {
  provider.reset()
  const input = folder.file((await provider.issueTokens(1_200)).join('\n'))
  const left = await start(['introspect', input, '-o', '-', '-c', '2'], {
    env,
    shell: '{ "$@"; echo "code $?" >&2; } | head -1',
  }).ended
  expect(left.stderr).toContain('code 130')
  expect(provider.requests.length).toBeLessThan(1_200)
  const before = readFileSync(input, 'utf8')
  expect(await start(['introspect', input, '-o', input], { env }).ended).toMatchObject({ code: 2 })
  expect(readFileSync(input, 'utf8')).toBe(before)
})

test.each(['revoke', 'introspect'])('%s does not append its output to its input', async (command) => {
  const input = folder.file((await provider.issueTokens(3)).join('\n'))
  const before = readFileSync(input, 'utf8')
  for (const [file, redirection] of [
    [input, ''],
    ['-', `<${input}`],
  ] as const) {
    const { code, stderr } = await start([command, file, '-o', '-'], { env, shell: `"$@" >>${input} ${redirection}` })
      .ended
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('must not be the same file as the input'),
    })
  }
  expect(readFileSync(input, 'utf8')).toBe(before)
})
