import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sections } from '../../../scripts/docs/site-map.ts'
import { filesLike, root } from './repository.ts'

const translations = filesLike('README.zh-CN.md', 'docs/zh-CN/*.md')
const originalOf = (page: string): string =>
  page.replace('README.zh-CN.md', 'README.md').replace('docs/zh-CN/', 'docs/guides/')
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** The code blocks of a page, with their languages and without their comments, which are translated. */
function codeOf(page: string): string[] {
  const blocks = read(page).matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)
  return Array.from(blocks, ([, info = '', code = '']) => `${info}\n${code.replaceAll(/(^|\s)(?:\/\/|#) .*$/gm, '')}`)
}

/** The outline of a page: the levels of its headings, each with the shape of the following content, and no words. */
function outlineOf(page: string): string[] {
  const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, '```')
  return prose.match(/^(?:#{1,6}(?= )|```|\||[-*](?= )|\d+\.(?= ))/gm) ?? []
}

/** The code, addresses and numbers between words, in the cells of each table. */
function factsOf(page: string): string[][] {
  const rows = read(page).match(/^\|.*\|$/gm) ?? []
  return rows.map((row) => row.match(/`[^`]+`/g) ?? [])
}

test('there are a README, a quick start, the settings and the migration guide in Chinese', () => {
  expect(translations).toEqual([
    'README.zh-CN.md',
    'docs/zh-CN/genauth-settings.md',
    'docs/zh-CN/migrating-from-genauth-sdks.md',
    'docs/zh-CN/quick-start-node.md',
  ])
})

test.each(translations)('%s has the code of its original', (page) => {
  expect(codeOf(page).length).toBeGreaterThan(0)
  expect(codeOf(page)).toEqual(codeOf(originalOf(page)))
})

test.each(translations)('%s has the headings, tables and lists of its original', (page) => {
  expect(outlineOf(page)).toEqual(outlineOf(originalOf(page)))
})

test.each(translations)('the tables of %s have the code of its original', (page) => {
  expect(factsOf(page)).toEqual(factsOf(originalOf(page)))
})

test.each(translations)('%s is written in Chinese, links to its original, and is on the site', (page) => {
  const text = read(page)
  expect(text.match(/\p{Script=Han}/gu)?.length).toBeGreaterThan(300)
  expect(text).toMatch(/^\[English\]\(.*\)$/m)
  expect(sections.flatMap(({ pages }) => pages)).toContain(page)
})
