import { expect, test } from 'vitest'
import { allBlocks } from './code-block.ts'
import { packagesOf } from './page-packages.ts'

/** Pages that begin in an empty folder. */
const pages = [...Map.groupBy(allBlocks(), ({ file }) => file)].filter(
  ([file, blocks]) => file.endsWith('.md') && blocks.some(({ code }) => /^npm init /m.test(code)),
)

test.each(pages)('%s installs what its files import', (_page, blocks) => {
  // Blocks without a name are parts of the reader's own program.
  const copied = blocks.filter(({ language, code }) => language === 'sh' || /^\/\/ [\w.-]+\n/.test(code))
  const { installed, imported } = packagesOf(copied.map(({ code }) => code).join('\n'))
  expect([...imported].filter((name) => !installed.has(name))).toEqual([])
})

test('there are pages that begin in an empty folder', () => expect(pages.length).toBeGreaterThanOrEqual(3))
