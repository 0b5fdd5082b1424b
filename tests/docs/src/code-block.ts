import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesLike, root } from './repository.ts'

/** A block of code that readers may copy. */
export interface CodeBlock {
  /** Its location, such as `docs/guides/errors.md:12`. */
  readonly at: string
  readonly file: string
  readonly language: string
  /** The words after the language, such as `run`. */
  readonly marks: readonly string[]
  readonly code: string
}

/** The blocks of everything that people read, in the order of the files. */
export function allBlocks(): CodeBlock[] {
  const pages = filesLike('*.md', ':!**/CHANGELOG.md', ':!**/*.api.md', ':!.changeset/**').flatMap((file) =>
    blocksOf(file, read(file)),
  )
  const sources = filesLike('packages/*/src/**/*.ts', ':!**/*.test.ts', ':!**/generated/**')
  return [...pages, ...sources.flatMap((file) => blocksOf(file, commentsOf(read(file))))]
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The documentation comments of a source file as text, with everything else as empty lines. */
function commentsOf(source: string): string {
  let inside = false
  return source
    .split('\n')
    .map((line) => {
      if (/^\s*\/\*\*/.test(line)) inside = true
      const text = inside ? line.replace(/^\s*(?:\/\*\*|\*(?!\/)) ?/, '') : ''
      if (line.includes('*/')) inside = false
      return text
    })
    .join('\n')
}

/** The fenced blocks of a text in Markdown. */
function blocksOf(file: string, text: string): CodeBlock[] {
  return Array.from(text.matchAll(/^(?<indent> *)```(?<info>[^\n`]*)\n(?<code>.*?)^\k<indent>```/gms), (match) => {
    const { info = '', code = '', indent = '' } = match.groups ?? {}
    const [language = '', ...marks] = info.trim().split(/\s+/)
    const line = text.slice(0, match.index).split('\n').length
    return { at: `${file}:${line}`, file, language, marks, code: code.replaceAll(`\n${indent}`, '\n') }
  })
}
