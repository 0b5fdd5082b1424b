import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packagesOf } from '../../docs/src/page-packages.ts'

const root = join(import.meta.dirname, '../../..')

/**
 * A guide prints these files of an example unchanged, and installs the packages that they import.
 *
 * @param given Packages that an application of the framework has from the start.
 */
export function testGuide(
  guide: string,
  example: string,
  files: readonly string[],
  given: readonly string[] = [],
): void {
  const text = readFileSync(join(root, 'docs/guides', guide), 'utf8')

  test(`the guide prints the files of examples/${example}`, () => {
    const block = new RegExp(`\`\`\`\\w+ ${example}-example\\n(?://|<!--) (\\S+)(?: -->)?\\n([\\s\\S]*?)\`\`\``, 'g')
    const blocks = [...text.matchAll(block)]
    expect(blocks.map(([, name]) => name)).toEqual(files)
    for (const [, name = '', code] of blocks) {
      expect(code, name).toBe(readFileSync(join(root, 'examples', example, name), 'utf8'))
    }
  })

  test('the guide installs every package that its files import', () => {
    const { installed, imported } = packagesOf(text)
    expect(imported).toContain('@backend-logout/browser-proxy')
    expect([...imported].filter((name) => !installed.has(name) && !given.includes(name))).toEqual([])
  })
}
