import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { filesLike, root } from './repository.ts'

interface Finding {
  readonly line: number
  readonly message: string
}

/** Sends Markdown through the linter that `npm run check` starts. */
async function lint(markdown: string): Promise<{ exitCode: unknown; findings: Finding[] }> {
  const options = ['--stdin', '--stdin-filename', 'page.md', '--format', 'json']
  const linter = spawn(process.execPath, [join(root, 'node_modules/textlint/bin/textlint.js'), ...options], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  linter.stdin.end(markdown)
  const exitCode = new Promise((resolve) => linter.on('close', resolve))
  const [{ messages = [] } = {}] = JSON.parse(await text(linter.stdout)) as { messages?: Finding[] }[]
  return { exitCode: await exitCode, findings: messages }
}

test('the prose linter finds each habit, also across a line break and in a heading', async () => {
  const sentences = [
    '# Whoever logs out',
    'The client answers at\nonce.',
    'Revoked for certain.',
    'It is used in the place of a proxy.',
    'The outbox continues by itself.',
    'A cache of its own.',
    'The request is tried anew.',
    'Until the provider is well again.',
    'The token must die.',
    'There is none.',
    'A different behaviour is recognised.',
    'The tokens of [somebody else](page.md).',
    'The pause lasts so long.',
    'It looks now and then.',
    'It costs next to nothing.',
    'The token is not kept any more.',
    'GenAuth calls the user logged in.',
    'The value makes no sense.',
    'The client hangs up.',
    'A token in the wrong place.',
    'It continues nevertheless.',
    'The request ends afterwards.',
    'The response is a time-out.',
    'The value is no string.',
    'The table shows what came of a run.',
    'The body is sent as it is.',
    'The page is told of the logout.',
    'It repeats ten bytes in a row.',
  ]
  const { exitCode, findings } = await lint(sentences.join('\n\n'))
  expect(exitCode).toBe(1)
  const lines = new Set(findings.map(({ line }) => line))
  // The second sentence has a second line, and the eleventh has two findings.
  expect([...lines]).toEqual([1, 3, ...sentences.slice(2).map((_, index) => 6 + 2 * index)])
  expect(findings).toHaveLength(sentences.length + 1)
})

test('the prose linter accepts plain English, code and quotations', async () => {
  const page = ['# Revoke a token', 'The client retries twice.', '`at once`', '```ts', 'const besides = 1', '```', '']
  expect(await lint(page.join('\n\n'))).toEqual({ exitCode: 0, findings: [] })
})

test('the linter of comments finds a clause and a habit, and accepts names, code and quotations', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'backend-logout-comments-'))
  const file = join(folder.path, 'file.ts')
  const code = [
    '/** What a worker gets. */',
    'export const options = {',
    '  // It ends at',
    '  // once.',
    '  timeoutMs: 1, // Whether it ends',
    '}',
    '/**',
    ' * Options of a worker: `at once`.',
    ' *',
    ' * @example',
    ' * ```ts',
    " * const besides = 'How it works'",
    ' * ```',
    ' */',
    "export const text = '// What it says'",
  ]
  writeFileSync(file, code.join('\n'))
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/check-comments.ts'), file], {
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  const lines = stderr.split('\n').flatMap((line) => /file\.ts:(\d+) /.exec(line)?.[1] ?? [])
  expect(lines).toEqual(['1', '5', '3'])
})

test('the prose linter reads every page that is written by hand', () => {
  const skipped = readFileSync(join(root, '.textlintignore'), 'utf8')
  expect(filesLike('README*.md', 'docs/guides', 'packages/*/README.md').length).toBeGreaterThan(20)
  expect(skipped).not.toMatch(/README|guides|zh-CN|SECURITY|CONTRIBUTING|AGENTS|changeset/)
})
