import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSite, type SiteBuild } from '../../../scripts/docs/build-site.ts'
import { renderContract } from '../../../scripts/docs/contract-page.ts'
import { renderDrawings } from '../../../scripts/docs/drawings.ts'
import { linesOf, playDemo, recording, withoutNumbers } from '../../../scripts/docs/recording.ts'
import { contracts, modules, sections } from '../../../scripts/docs/site-map.ts'
import { filesLike, root } from './repository.ts'

describe('the site', () => {
  let out = ''
  let build: SiteBuild
  let files: string[] = []

  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'backend-logout-site-'))
    build = await buildSite(out)
    files = (await readdir(out, { recursive: true })).filter((name) => /\.(?:html|css|js|svg)$/.test(name))
  })
  afterAll(() => rm(out, { recursive: true, force: true }))

  test('is built without a warning: nothing undocumented, no broken link, no missing type', () => {
    expect(build.problems).toEqual([])
    expect(build.ok).toBe(true)
  })

  test('has every page, and every module of the packages', async () => {
    const pages = files.filter((name) => name.startsWith('documents/'))
    expect(pages).toHaveLength(sections.flatMap(({ pages }) => pages).length)
    expect(files.filter((name) => name.startsWith('modules/'))).toHaveLength(Object.keys(modules).length)
  })

  test('loads nothing from other origins', async () => {
    const loads =
      /<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\s(?:src|data|srcset)="(?:https?:)?\/\/[^"]*|<link\b[^>]*\shref="(?:https?:)?\/\/[^"]*|url\(\s*['"]?(?:https?:)?\/\/[^)]*|@import\b[^;]*|\b(?:import|fetch)\(\s*['"`](?:https?:)?\/\/[^)]*/g
    const found: string[] = []
    for (const name of files) {
      for (const [load] of (await readFile(join(out, name), 'utf8')).matchAll(loads)) found.push(`${name}: ${load}`)
    }
    expect(files.length).toBeGreaterThan(100)
    expect(found).toEqual([])
  })

  test.each([
    ['express', 'Express'],
    ['fastify', 'Fastify'],
    ['hono', 'Hono on Node.js, Deno, Bun and Workers'],
    ['next', 'Next.js'],
    ['sveltekit', 'SvelteKit'],
    ['remix', 'React Router (Remix)'],
    ['kubernetes', 'Run the outbox in Kubernetes'],
    ['jwt', 'Revoked means refused'],
    ['csv', 'Bulk and incidents'],
    ['outbox', '@backend-logout/outbox'],
    ['back-channel', 'Logged out everywhere'],
    ['rate', 'Bulk and incidents'],
    ['429', 'Errors'],
    ['revoked', 'Revoked means refused'],
    ['keycloak', 'Provider profiles'],
    ['evidence', 'Evidence'],
    ['撤销', 'GenAuth 快速开始：Node.js'],
    ['createLogoutClient', 'createLogoutClient'],
  ])('the search shows for %s first: %s', async (word, title) => {
    const [first] = await search(out, word)
    expect(first).toBe(title)
  })

  test('follows its own links: every page, picture and heading that a page names is there', async () => {
    const pages = new Map<string, string>()
    for (const name of files.filter((name) => name.endsWith('.html'))) {
      pages.set(name, await readFile(join(out, name), 'utf8'))
    }
    const anchors = new Map(
      Array.from(pages, ([name, html]) => [name, new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id))]),
    )
    const broken: string[] = []
    for (const [name, html] of pages) {
      for (const [, target = ''] of html.matchAll(/ (?:href|src)="(?![a-z]+:)([^"]+)"/g)) {
        const [path = '', anchor] = decodeURI(target).split('#')
        const file = path ? join(dirname(name), path) : name
        const isThere =
          anchor && pages.has(file) ? anchors.get(file)?.has(decodeURIComponent(anchor)) : existsSync(join(out, file))
        if (!isThere || file.endsWith('/')) broken.push(`${name}: ${target}`)
      }
    }
    expect(pages.size).toBeGreaterThan(100)
    expect(broken).toEqual([])
  })

  test('skips no level of headings, and shows no tag of a comment', async () => {
    for (const name of files.filter((name) => name.endsWith('.html'))) {
      const html = await readFile(join(out, name), 'utf8')
      const content = html.slice(html.indexOf('class="col-content"'), html.indexOf('class="col-sidebar"'))
      let last = 0
      for (const [heading, tag, level = tag] of content.matchAll(/<h([1-6])(?: aria-level="(\d)")?[ >]/g)) {
        expect(Number(level), `${name}: ${heading}`).toBeLessThanOrEqual(last + 1)
        last = Number(level)
      }
      expect(content, name).not.toMatch(/\{@\w+/)
    }
  })

  test('declares the language of each page', async () => {
    const language = async (name: string) =>
      /<html[^>]* lang="([^"]+)"/.exec(await readFile(join(out, name), 'utf8'))?.[1]
    for (const name of files.filter((name) => name.endsWith('.html'))) {
      expect(await language(name), name).toBe(name.includes('zh-CN') ? 'zh-CN' : 'en')
    }
    expect(files).toContain('documents/README.zh-CN.html')
  })

  test('has a page for addresses that do not exist', async () => {
    const html = await readFile(join(out, '404.html'), 'utf8')
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? []
    const base = (pathname: string): unknown => {
      let found: unknown
      const document = {
        createElement: () => ({}),
        head: { append: ({ href }: { href: string }) => (found = href) },
      }
      new Function('document', 'location', script)(document, { pathname })
      return found
    }
    expect(base('/documents/old.html')).toBe('/')
    expect(base('/project/classes/old/older.html')).toBe('/project/')
    expect(base('/project/old')).toBe('/project/')
  })

  test('has its own title and icon on every page', async () => {
    for (const name of files.filter((name) => name.endsWith('.html'))) {
      const html = await readFile(join(out, name), 'utf8')
      expect(html, name).toMatch(/<title>[^<]*Backend Logout<\/title>/)
      expect(html, name).toContain('favicon.svg')
    }
  })
})

/** Searches the site like its pages, and returns the names of the ten results that they show. */
async function search(site: string, word: string): Promise<string[]> {
  const script = await readFile(join(site, 'assets/search.js'), 'utf8')
  const [, data = ''] = /"([^"]+)"/.exec(script) ?? []
  const inflated = new Blob([Buffer.from(data, 'base64')]).stream().pipeThrough(new DecompressionStream('deflate'))
  const { rows, index } = (await new Response(inflated).json()) as { rows: { name: string }[]; index: object }
  const lunr = createRequire(import.meta.resolve('typedoc'))('lunr') as {
    Index: { load(index: object): { search(query: string): { ref: string; score: number }[] } }
  }
  const startsLike = (name: string): number =>
    name.toLowerCase().startsWith(word.toLowerCase()) ? 10 / (1 + Math.abs(name.length - word.length)) : 1
  return lunr.Index.load(index)
    .search(`*${word}*`)
    .map(({ ref, score }) => ({ name: rows[Number(ref)]?.name ?? '', score }))
    .map(({ name, score }) => ({ name, score: score * startsLike(name) }))
    .toSorted((one, other) => other.score - one.score)
    .slice(0, 10)
    .map(({ name }) => name)
}

test('every page of docs is on the site', () => {
  const pages = sections.flatMap(({ pages }) => pages)
  expect(filesLike('docs/*.md').filter((file) => !pages.includes(file))).toEqual([])
})

test('the README of every package that people install is on the site', () => {
  const pages = sections.flatMap(({ pages }) => pages)
  expect(filesLike('packages/*/README.md').filter((file) => !pages.includes(file))).toEqual([])
})

test.each(filesLike('packages/*/package.json'))('all entries of %s are in the reference', async (file) => {
  const url = pathToFileURL(join(root, file))
  const { name, exports } = JSON.parse(await readFile(url, 'utf8')) as { name: string; exports: Record<string, string> }
  const entries = Object.entries(exports).filter(([, source]) => source.endsWith('.ts'))
  for (const [entry, source] of entries) {
    expect(modules).toHaveProperty([name + entry.slice(1)], file.replace('package.json', source.slice(2)))
  }
})

test.each(Object.entries(contracts))('%s matches %s; npm run docs writes it', async (page, contract) => {
  const source = await readFile(join(root, contract), 'utf8')
  expect(await readFile(join(root, page), 'utf8')).toBe(renderContract(source, contract))
})

test.each(Object.entries(await renderDrawings()))(
  '%s shows the actual imports; npm run docs draws it',
  async (file, svg) => {
    expect(await readFile(join(root, file), 'utf8')).toBe(svg)
  },
)

test('the picture of the README shows the output of npm run demo; npm run docs records it', async () => {
  const picture = linesOf(await readFile(join(root, recording), 'utf8'))
  expect(withoutNumbers(picture)).toBe(withoutNumbers(playDemo()))
})
