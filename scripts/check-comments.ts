/**
 * Searches the comments of all programs for the phrases in `prose.yml`, and for comments that begin with a clause
 * instead of the name of the thing. Part of `npm run check`. With arguments, it searches these files instead.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter, loadTextlintrc } from 'textlint'
import ts from 'typescript'

const root = join(import.meta.dirname, '..')
const CLAUSE = /^(?:What|Whether|How|Which|Where|Who|Whom|Whose|Why)\b/

interface Comment {
  /** The index of its first line in the file. */
  readonly start: number
  /** Its lines, without the characters that make them a comment. */
  readonly lines: readonly string[]
}

/** The comments of a program, in their order. Line comments on consecutive lines are one. */
function commentsOf(code: string): Comment[] {
  const file = ts.createSourceFile('file.ts', code, ts.ScriptTarget.Latest, true)
  const ranges = new Map<number, ts.CommentRange>()
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(code, node.getFullStart()) ?? []) ranges.set(range.pos, range)
    for (const range of ts.getTrailingCommentRanges(code, node.getEnd()) ?? []) ranges.set(range.pos, range)
    for (const child of node.getChildren(file)) visit(child)
  }
  visit(file)
  const comments: { start: number; lines: string[]; isLine: boolean }[] = []
  for (const { pos, end, kind } of [...ranges.values()].sort((a, b) => a.pos - b.pos)) {
    const start = file.getLineAndCharacterOfPosition(pos).line
    const isAlone = code.slice(code.lastIndexOf('\n', pos) + 1, pos).trim() === ''
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia && isAlone
    const lines = code
      .slice(pos, end)
      .split('\n')
      .map((line) => line.replace(/^\s*(?:\/\*\*?|\/\/|\*(?!\/)) ?/, '').replace(/\s*\*\/$/, ''))
    const last = comments.at(-1)
    if (isLine && last?.isLine && last.start + last.lines.length === start) last.lines.push(...lines)
    else comments.push({ start, lines, isLine })
  }
  return comments
}

const linter = createLinter({ descriptor: await loadTextlintrc({ configFilePath: join(root, '.textlintrc.json') }) })

/** Problems in the comments of a file, as `line  message`. */
async function problemsOf(path: string): Promise<string[]> {
  const problems: string[] = []
  // A page with the comments at their lines.
  const page: string[] = []
  for (const { start, lines } of commentsOf(readFileSync(path, 'utf8'))) {
    const first = lines.find((line) => line !== '') ?? ''
    if (CLAUSE.test(first)) problems.push(`${start + 1}  begins with a clause: "${first}". Name the thing.`)
    for (const [index, line] of lines.entries()) page[start + index] = line
  }
  const { messages } = await linter.lintText(Array.from(page, (line) => line ?? '').join('\n'), 'comments.md')
  return [...problems, ...messages.map(({ line, message }) => `${line}  ${message}`)]
}

/** The programs of the repository, except those that git ignores. */
function programs(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx']
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0')
  return paths
    .filter((path) => path !== '')
    .map((path) => join(root, path))
    .filter((path) => existsSync(path))
}

const given = process.argv.slice(2)
const files = given.length > 0 ? given : programs()
let count = 0
for (const file of files.filter((path) => !path.includes('/generated/')).sort()) {
  for (const problem of await problemsOf(file)) {
    count += 1
    console.error(`${file.replace(`${root}/`, '')}:${problem}`)
  }
}
if (count > 0) {
  console.error(`${count} to rewrite: CONTRIBUTING.md has the style guide.`)
  process.exitCode = 1
}
