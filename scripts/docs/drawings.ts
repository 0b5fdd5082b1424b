import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { instance } from '@viz-js/viz'
import ts from 'typescript'

/** The dependencies: the names that each name imports. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>

const root = join(import.meta.dirname, '../..')

/** The drawings of the documentation, created from the imports in the sources, by their target files. */
export async function renderDrawings(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/images/packages.svg': await draw('Which package imports which', packageImports()),
    'docs/images/core.svg': await draw('Which module of core imports which', moduleImports('packages/core/src')),
  }
}

/** The packages, and their dependencies on each other. */
function packageImports(): Imports {
  const manifests = globSync('packages/*/package.json', { cwd: root }).map((file) => ({
    name: basename(dirname(file)),
    dependencies: Object.keys(JSON.parse(readFileSync(join(root, file), 'utf8')).dependencies ?? {}),
  }))
  const names = new Set(manifests.map(({ name }) => name))
  return new Map(
    manifests.map(({ name, dependencies }) => {
      const imported = dependencies.map((dependency) => dependency.replace('@backend-logout/', ''))
      return [name, new Set(imported.filter((one) => names.has(one)))]
    }),
  )
}

/** The modules of a folder, and their imports of each other, including types. */
function moduleImports(folder: string): Imports {
  const files = globSync('**/*.ts', {
    cwd: join(root, folder),
    exclude: ['**/*.test.ts', '**/*.test-d.ts', 'testing/**'],
  })
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, folder, file), 'utf8'), true, true)
      const imported = importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => nameOf(join(dirname(file), fileName)))
      return [nameOf(file), new Set(imported)]
    }),
  )
}

const nameOf = (file: string): string => relative('.', file).replace(/\.ts$/, '')

async function draw(title: string, imports: Imports): Promise<string> {
  const names = [...imports.keys()].sort()
  const needed = withoutDetours(imports)
  const edges = names.flatMap((from) => [...(needed.get(from) ?? [])].sort().map((to) => `"${from}" -> "${to}"`))
  const dot = `digraph {
    bgcolor=transparent rankdir=TB pad=0.1 nodesep=0.2 ranksep=0.5
    node [shape=box style="filled,rounded" color="#0f766e" fontcolor=white fontname="sans-serif" fontsize=13 margin="0.14,0.06"]
    edge [color="#7d8590" arrowsize=0.7]
    ${[...names.map((name) => `"${name}"`), ...edges].join('\n    ')}
  }`
  const svg = (await instance()).renderString(dot, { format: 'svg' })
  // Without the parts that carry no information: a declaration, comments and the titles that browsers would show.
  const [, content = ''] = /(<svg[\s\S]*)/.exec(svg) ?? []
  const plain = content.replaceAll(/<!--.*?-->\n?|<title>.*?<\/title>\n?/gs, '')
  return plain.replace(/(<svg[^>]*>)/, `$1\n<title>${title}</title>`)
}

/** Omits implied imports: an import of a module that an import imports. */
function withoutDetours(imports: Imports): Imports {
  const reachable = new Map<string, ReadonlySet<string>>()
  const reach = (name: string): ReadonlySet<string> => {
    const known = reachable.get(name)
    if (known) return known
    const found = new Set<string>()
    reachable.set(name, found)
    for (const one of imports.get(name) ?? []) {
      found.add(one)
      for (const further of reach(one)) found.add(further)
    }
    return found
  }
  return new Map(
    Array.from(imports, ([name, direct]) => {
      const indirect = new Set([...direct].flatMap((one) => [...reach(one)]))
      return [name, new Set([...direct].filter((one) => !indirect.has(one)))]
    }),
  )
}
