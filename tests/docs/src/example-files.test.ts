import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allBlocks, type CodeBlock } from './code-block.ts'
import { filesLike, root } from './repository.ts'

/** Pages that repeat examples, and the test that compares each with the example, or runs the page. */
const KEPT_BY: Readonly<Record<string, string>> = {
  'docs/guides/express.md': 'tests/frameworks/src/express.test.ts',
  'docs/guides/fastify.md': 'tests/frameworks/src/fastify.test.ts',
  'docs/guides/hono.md': 'tests/frameworks/src/hono.test.ts',
  'docs/guides/next.md': 'tests/frameworks/src/next.test.ts',
  'docs/guides/react-router.md': 'tests/frameworks/src/react-router.test.ts',
  'docs/guides/sveltekit.md': 'tests/frameworks/src/sveltekit.test.ts',
  'docs/guides/logged-out-everywhere.md': 'examples/logged-out-everywhere/everywhere.test.ts',
  'docs/guides/revoked-means-refused.md': 'tests/docs/src/revoked-means-refused.test.ts',
  'packages/browser-proxy/README.md': 'tests/docs/src/example-files.test.ts',
}
/** A block with at least this many lines repeats a file if this share of them is in it. */
const LEAST_LINES = 10
const LEAST_PART = 0.55

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
/** The lines that are not blank or only brackets. */
const linesOf = (code: string): string[] =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 8)

const examples = filesLike('examples/*.ts', 'examples/*.tsx', ':!examples/**/*.test.ts').map((file) => ({
  file,
  lines: new Set(linesOf(read(file))),
}))

function repeated({ code }: CodeBlock): string | undefined {
  const lines = linesOf(code)
  if (lines.length < LEAST_LINES) return undefined
  return examples.find(({ lines: own }) => lines.filter((line) => own.has(line)).length >= LEAST_PART * lines.length)
    ?.file
}

const repeating = allBlocks().filter(({ file, language }) => /^tsx?$/.test(language) && /\.md$/.test(file))
const found = repeating.flatMap((block) => {
  const example = repeated(block)
  return example === undefined ? [] : [{ page: block.file, at: block.at, example }]
})

test('each page that repeats an example has a test that compares the two', () => {
  expect(found.length).toBeGreaterThan(10)
  expect(found.filter(({ page }) => !(page in KEPT_BY))).toEqual([])
})

test.each(Object.entries(KEPT_BY))('%s repeats an example, and %s reads it', (page, file) => {
  expect(found.map((one) => one.page)).toContain(page)
  expect(read(file)).toContain(page.split('/').at(-1))
})

/**
 * From the creation of the application to the call that makes it listen, without comments: the pages have other
 * settings.
 */
const applicationOf = (code: string): string =>
  code
    .slice(code.indexOf('const app ='))
    .replace(/^await app\.listen.*$/m, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
    .join('\n')

test.each(['fastify.ts', 'hono.ts'])(
  'packages/browser-proxy/README.md mounts the handler as examples do: %s',
  (name) => {
    const page = 'packages/browser-proxy/README.md'
    const block = allBlocks().find(({ file, code }) => file === page && code.startsWith(`// ${name}\n`))
    const printed = applicationOf(block?.code ?? '')
    expect(printed).toContain('/logout')
    expect(printed).toBe(applicationOf(read(`examples/web-frameworks/${name}`)))
  },
)
