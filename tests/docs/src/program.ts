import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CodeBlock } from './code-block.ts'

/** A file that consists of one block, or of several that continue each other. */
export interface Program {
  readonly path: string
  /** The blocks in it. */
  readonly blocks: readonly CodeBlock[]
}

/** True if a block is for Deno, which then checks it. */
export function isForDeno({ code }: CodeBlock): boolean {
  return /\bDeno\.|'jsr:|'@backend-logout\/deno'/.test(code)
}

/**
 * Creates files from blocks, in a folder for each page: a block without imports continues the one before it; a block
 * whose first line is a file name gets that name, so that others of its page can import it.
 */
export function writePrograms(blocks: readonly CodeBlock[], folder: string): Program[] {
  rmSync(folder, { recursive: true, force: true })
  const programs: { file: string; path: string; blocks: CodeBlock[] }[] = []
  for (const block of blocks) {
    const last = programs.at(-1)
    const name = /^\/\/ ([\w-]+\.ts)\n/.exec(block.code)?.[1]
    if (last?.file === block.file && !name && !/^import /m.test(block.code)) {
      last.blocks.push(block)
      continue
    }
    const path = join(folder, block.file.replaceAll(/[/.]/g, '-'), name ?? `${programs.length}.ts`)
    programs.push({ file: block.file, path, blocks: [block] })
  }
  for (const { path, blocks } of programs) {
    const [first, ...others] = blocks
    const continued = others.map(({ at, code }) => `{ // ${at}\n${code}}\n`)
    mkdirSync(dirname(path), { recursive: true })
    // Without it, a program without imports and exports would share its names with all others.
    writeFileSync(path, `${first?.code}${continued.join('')}export {}\n`)
  }
  return programs
}
