/** Packages that the commands of a page install, and those that its files import. */
export interface PagePackages {
  readonly installed: ReadonlySet<string>
  readonly imported: ReadonlySet<string>
}

/** Reads the packages of a page from its Markdown, or from its blocks of code. */
export function packagesOf(page: string): PagePackages {
  const commands = page.replaceAll('\\\n', ' ').matchAll(/^(?:npm install|bun add|deno add) (.*)$/gm)
  const installed = Array.from(commands, ([, names = '']) => names.trim().split(/\s+/)).flat()
  const imports = page.matchAll(/^(?:import|export)(?: .*?|[^'"]*?) from '((?:@[\w-]+\/)?[\w-]+)(?:\/[^']*)?'$/gm)
  return {
    installed: new Set(installed.map((name) => name.replace(/^(?:npm|jsr):/, '').replace(/(?<=.)@.*$/, ''))),
    imported: new Set(Array.from(imports, ([, name = '']) => name)),
  }
}
