import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import {
  Application,
  type Comment,
  CommentTag,
  ConsoleLogger,
  Converter,
  DocumentReflection,
  IndexEvent,
  KindRouter,
  LogLevel,
  type NormalizedPath,
  OptionDefaults,
  PageEvent,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from 'typedoc'
import { notFoundPage } from './not-found-page.ts'
import { findEveryScript } from './search-every-script.ts'
import { API, modules, searchWords, sections } from './site-map.ts'

const root = join(import.meta.dirname, '../..')
const HEADING = /^# (.+)\n/m

/** The result of a build of the site. */
export interface SiteBuild {
  readonly ok: boolean
  /** All problems that typedoc found. */
  readonly problems: readonly string[]
}

/**
 * Builds the site: guides, READMEs, contracts and the API reference of all packages.
 *
 * @param out The folder, whose content is replaced.
 */
export async function buildSite(out: string): Promise<SiteBuild> {
  const problems: string[] = []
  const sectionOf = new Map(
    sections.flatMap(({ title, pages }) => pages.map((file) => [join(root, file), title] as const)),
  )
  const app = await Application.bootstrap({
    entryPoints: Object.values(modules).map((file) => join(root, file)),
    projectDocuments: [...sectionOf.keys()].filter((file) => existsSync(file)),
    // Each package checks its types, with the declarations of its runtime.
    skipErrorChecking: true,
    tsconfig: join(root, 'docs/tsconfig.json'),
    name: 'Backend Logout',
    readme: join(root, 'README.md'),
    favicon: join(root, 'scripts/docs/favicon.svg'),
    customCss: join(root, 'scripts/docs/style.css'),
    customJs: join(root, 'scripts/docs/site.js'),
    router: 'files',
    lightHighlightTheme: 'github-light-high-contrast',
    darkHighlightTheme: 'github-dark-high-contrast',
    out,
    cleanOutputDir: true,
    disableSources: true,
    hideGenerator: true,
    searchInDocuments: true,
    searchInComments: true,
    // Readers look for guides first, and for results last.
    searchGroupBoosts: Object.fromEntries(sections.map(({ title }) => [title, title === 'Results' ? 3 : 12])),
    sortEntryPoints: false,
    sort: ['kind', 'alphabetical'],
    groupOrder: [...sections.flatMap(({ title }) => (title === 'Packages' ? [title, API] : [title])), '*'],
    navigation: { includeGroups: true, includeCategories: false, includeFolders: false },
    excludePrivate: true,
    excludeInternal: true,
    validation: {
      notExported: true,
      invalidLink: true,
      invalidPath: true,
      rewrittenLink: true,
      notDocumented: true,
      unusedMergeModuleWith: true,
    },
    requiredToBeDocumented: ['Variable', 'Function', 'Class', 'Interface', 'TypeAlias', 'Method', 'Accessor', 'Module'],
    packagesRequiringDocumentation: [...new Set(Object.keys(modules).map((name) => name.split('/', 2).join('/')))],
    blockTags: [...OptionDefaults.blockTags, '@description'],
    highlightLanguages: [
      'typescript',
      'javascript',
      'json',
      'bash',
      'html',
      'http',
      'perl',
      'python',
      'yaml',
      'sql',
      'svelte',
    ],
    markdownItLoader: plainHeadings,
    treatWarningsAsErrors: true,
    treatValidationWarningsAsErrors: true,
  })
  app.renderer.defineRouter('files', FileRouter)
  app.logger = new (class extends ConsoleLogger {
    override log(message: string, level: Exclude<LogLevel, LogLevel.None>): void {
      super.log(message, level)
      if (level >= LogLevel.Warn) problems.push(message)
    }
  })()

  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const { comment } of Object.values(project.reflections)) if (comment) useDescription(comment)
    // The theme writes the name of the project on its own.
    const [opening] = project.readme ?? []
    if (opening) opening.text = opening.text.replace(HEADING, '')
    for (const document of project.documents ?? []) arrange(project, document, sectionOf)
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const file = project.files.getReflectionPath(module)
      module.name = Object.keys(modules).find((name) => join(root, modules[name] ?? '') === file) ?? module.name
      module.comment?.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: API }]))
      const guide = project.documents?.find(({ name }) => module.name === name || module.name.startsWith(`${name}/`))
      if (!guide) continue
      module.comment?.summary.push(
        { kind: 'text', text: '\n\nHow to use it is described in ' },
        { kind: 'inline-tag', tag: '@link', text: guide.name, target: guide },
        { kind: 'text', text: '.' },
      )
    }
  })

  app.renderer.on(IndexEvent.PREPARE_INDEX, (event) => {
    event.searchFieldWeights.words = 1_000
    for (const [index, page] of event.searchResults.entries()) {
      const words = page.isDocument() && searchWords[fileOf(page)]
      if (words) event.searchFields[index] = { words }
    }
  })
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = finish(page)
  })

  const project = await app.convert()
  if (!project) return { ok: false, problems }
  app.validate(project)
  await findEveryScript(() => app.generateOutputs(project))
  writeFileSync(join(out, '404.html'), notFoundPage(project.name))
  return { ok: problems.length === 0, problems }
}

/** The file of a page, from the root of the repository. */
function fileOf(page: DocumentReflection): string {
  return relative(root, page.project.files.getReflectionPath(page) ?? root)
}

/** Gives pages addresses that do not change with their titles: those of their files. */
class FileRouter extends KindRouter {
  protected override getIdealBaseName(reflection: Reflection): string {
    if (!reflection.isDocument()) return super.getIdealBaseName(reflection)
    const name = fileOf(reflection)
      .replace(/^docs\/(?:guides\/)?/, '')
      .replace(/(?:\/README)?\.md$/, '')
    return `documents/${name.replaceAll('/', '-')}`
  }
}

/** Corrects what the theme writes: the language of a page, and headings that skip a level. */
function finish({ contents = '', model }: PageEvent): string {
  const section = model instanceof DocumentReflection ? model.frontmatter.group : undefined
  const language = sections.find(({ title }) => title === section)?.language
  const start = contents.indexOf('<div class="col-content"')
  const end = contents.indexOf('<div class="col-sidebar"')
  if (start < 0 || end < start) throw new Error('The theme has another layout.')
  const head = contents.slice(0, start)
  const menus = contents.slice(end)
  return [
    language ? head.replace('lang="en"', `lang="${language}"`).replace('<header', '<header lang="en"') : head,
    // A folder, which a file system lists instead of showing its page.
    withoutSkippedLevels(contents.slice(start, end)).replaceAll('href="../"', 'href="../index.html"'),
    language ? menus.replace('<div class="site-menu"', '<div lang="en" class="site-menu"') : menus,
  ].join('')
}

/**
 * States the level of a heading for assistive technology, according to the heading above it: the theme chooses headings
 * by their size.
 */
function withoutSkippedLevels(content: string): string {
  const above: { readonly tag: number; readonly level: number }[] = []
  return content.replaceAll(/<h([1-6])(?=[ >])/g, (heading, digit: string) => {
    const tag = Number(digit)
    while ((above.at(-1)?.tag ?? 0) >= tag) above.pop()
    const level = (above.at(-1)?.level ?? 0) + 1
    above.push({ tag, level })
    return level === tag ? heading : `${heading} aria-level="${level}"`
  })
}

/** Makes code in headings plain text: the page's outline would omit it. */
function plainHeadings(markdown: MarkdownParser): void {
  markdown.core.ruler.push('plain-headings', ({ tokens }) => {
    for (const [index, { type }] of tokens.entries()) {
      if (type !== 'heading_open') continue
      for (const child of tokens[index + 1]?.children ?? []) if (child.type === 'code_inline') child.type = 'text'
    }
  })
}

/** The part of markdown-it that is used here. */
interface MarkdownParser {
  readonly core: {
    readonly ruler: { push(name: string, rule: (state: { readonly tokens: MarkdownToken[] }) => void): void }
  }
}

interface MarkdownToken {
  type: string
  readonly children: MarkdownToken[] | null
}

/** Generated types have in `@description` the text that others have first. */
function useDescription(comment: Comment): void {
  const description = comment.getTag('@description')
  if (!description) return
  comment.summary.push(...description.content)
  comment.removeTags('@description')
}

/** Gives a page its title, which is its first heading, and its place in the navigation. */
function arrange(
  project: ProjectReflection,
  document: DocumentReflection,
  sectionOf: ReadonlyMap<string, string>,
): void {
  const file = project.files.getReflectionPath(document)
  const start = document.content.findIndex(({ kind, text }) => kind === 'text' && HEADING.test(text))
  const first = document.content[start]
  const title = HEADING.exec(first?.text ?? '')?.[1]
  if (!file || !first || !title) throw new Error(`${file} has no heading.`)
  // In lists, the name of a framework is enough.
  document.name = sectionOf.get(file) === 'Frameworks' ? title.replace(/:.*/, '') : title
  document.frontmatter.group = sectionOf.get(file)
  // The text before the heading is a comment: this file is generated.
  first.text = first.text.slice(first.text.search(HEADING))
  document.content = document.content.slice(start)
  // A link to a package's folder leads to its README.
  if (file.endsWith('/README.md')) project.files.registerReflectionPath(dirname(file) as NormalizedPath, document)
}
