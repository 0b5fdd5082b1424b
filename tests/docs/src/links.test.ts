import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { filesLike, root } from './repository.ts'

const pages = filesLike('*.md', ':!**/CHANGELOG.md', ':!**/*.api.md', ':!.changeset/**')

/** A page without its code, in which brackets have other meanings. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8')
    .replace(/^( *)```.*?^\1```/gms, '')
    .replace(/`[^`\n]+`/g, (code) => code.replaceAll(/[[\]()]/g, ' '))
}

/** The targets of links within a page, as GitHub and the site name them. */
function anchorsOf(page: string): string[] {
  const headings = proseOf(page).matchAll(/^#{1,6} (.+)$/gm)
  return Array.from(headings, ([, title = '']) =>
    title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('the links of %s have targets', (page) => {
  const links = Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)[^)]*\)/g), ([, target = '']) => target)
  const broken = links
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path ? join(dirname(page), decodeURI(path)) : page
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor)
    })
  expect(broken).toEqual([])
})
