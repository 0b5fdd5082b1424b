import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** A guide prints these files of an example, each as it is. */
export function testGuide(guide: string, example: string, files: readonly string[]): void {
  test(`the guide prints the files of examples/${example}`, () => {
    const text = readFileSync(join(root, 'docs/guides', guide), 'utf8')
    const block = new RegExp(`\`\`\`\\w+ ${example}-example\\n(?://|<!--) (\\S+)(?: -->)?\\n([\\s\\S]*?)\`\`\``, 'g')
    const blocks = [...text.matchAll(block)]
    expect(blocks.map(([, name]) => name)).toEqual(files)
    for (const [, name = '', code] of blocks) {
      expect(code, name).toBe(readFileSync(join(root, 'examples', example, name), 'utf8'))
    }
  })
}
