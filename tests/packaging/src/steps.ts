import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './program.ts'

/** A step that a page asks of its reader: save a file, or run a command. */
export type Step = Save | Run

interface Save {
  readonly file: string
  readonly code: string
}

interface Run {
  readonly command: string
  /** The lines that it prints at the end, if the page states them. */
  readonly prints?: readonly string[] | undefined
  /** True if it is a server, so that the reader continues in another terminal. */
  readonly staysOpen: boolean
}

/** Reads the steps of a page, or of its sections with these headings, in the printed order. */
export function readSteps(page: string, headings?: readonly string[]): Step[] {
  const text = readFileSync(join(root, page), 'utf8')
  const sections = text.split(/^(?=##+ )/m)
  const files = new Map<string, string>()
  if (!headings) return sections.flatMap((section) => stepsIn(section, files))
  return headings.flatMap((heading) => {
    const section = sections.find((section) => section.startsWith(`${heading}\n`))
    if (section === undefined) throw new Error(`${page} has no heading “${heading}”.`)
    return stepsIn(section, files)
  })
}

/** @param files Files that are saved already, with their code. */
function stepsIn(section: string, files: Map<string, string>): Step[] {
  const blocks = Array.from(section.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms), (match) => {
    const [all, language = '', code = ''] = match
    return { language, code, start: match.index, end: match.index + all.length }
  })
  // Such as: run it with `node logout.ts`.
  const inline = Array.from(section.matchAll(/\b[Rr]un it\s+with\s+`([^`]+)`/g), ([, command = '']) => command)
  return blocks.flatMap(({ language, code, start }, index): Step[] => {
    const before = section.slice(blocks[index - 1]?.end ?? 0, start)
    const next = blocks[index + 1]
    const output = next?.language === 'text' ? next.code.trim().split('\n') : undefined
    const run = (command: string): Run => {
      const program = [...files].find(([file]) => command.trim().split(/\s+/).includes(file))?.[1] ?? ''
      return {
        command,
        prints: output ?? printedBy(command) ?? announced(program),
        staysOpen: /\b(?:listen|serve)\(/.test(program) || / emulator\b|^npm start$/m.test(command),
      }
    }
    if (language === 'ts') {
      const name = /^\/\/ (\S+)\n/.exec(code)?.[1] ?? /[Ss]ave (?:this|it) as\s+`([^`]+)`/.exec(before)?.[1]
      // A block without a name is a part of a program.
      if (name === undefined) return []
      files.set(name, code)
      return [{ file: name, code }, ...inline.filter((command) => command.split(' ').includes(name)).map(run)]
    }
    // The test has its own settings where the page leaves them to the reader.
    const command = code.replaceAll(/^export .*….*\n/gm, '')
    return language === 'sh' && command !== '' ? [run(command)] : []
  })
}

/** The output of a command, according to the comments behind and below it. */
function printedBy(command: string): string[] | undefined {
  const comments = Array.from(command.matchAll(/(?:^|(?<=\S) )# (.*)$/gm), ([, line = '']) => line)
  return comments.length > 0 ? comments : undefined
}

/** The output of a program, according to the comments beside it. */
function announced(code: string): string[] | undefined {
  const comments = Array.from(code.matchAll(/console\.log\(.*\) \/\/ ([^:\n]+)/g), ([, line = '']) => line.split(', '))
  return comments.length > 0 ? comments.flat() : undefined
}
