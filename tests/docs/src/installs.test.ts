import { expect, test } from 'vitest'
import { allBlocks } from './code-block.ts'

/** Pages that begin in an empty folder. */
const pages = Map.groupBy(
  allBlocks().filter(({ file }) => file.endsWith('.md')),
  ({ file }) => file,
)
const walks = [...pages].filter(([, blocks]) => blocks.some(({ code }) => /^npm init /m.test(code)))

test.each(walks)('%s installs what its files import', (_page, blocks) => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'))
  const installed = commands
    .filter((command) => /^(?:npm install|bun add|deno add) /.test(command))
    .flatMap((command) => command.split(/\s+/).slice(2))
    .map((name) => name.replace(/^(?:npm|jsr):/, '').replace(/(?<=.)@.*$/, ''))
  const files = blocks.filter(({ language, code }) => language === 'ts' && /^\/\/ [\w.-]+\n/.test(code))
  const imported = files.flatMap(({ code }) =>
    Array.from(code.matchAll(/(?:from|import) '(?!node:|cloudflare:)((?:@[\w-]+\/)?[\w-]+)/g), ([, name]) => name),
  )
  expect(new Set(installed)).toEqual(new Set([...installed, ...imported]))
})

test('there are pages that begin in an empty folder', () => expect(walks.length).toBeGreaterThanOrEqual(3))
