import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const root = join(import.meta.dirname, '../..')
const LINE = 22
/** The width of a character of 13 px in the fonts below. */
const COLUMN = 7.83

/** The picture of the README. */
export const recording = 'docs/images/demo.svg'

/** The output of `npm run demo`, as lines. */
export function playDemo(): string[] {
  const output = execFileSync(process.execPath, [join(root, 'examples/demo/demo.ts')], { encoding: 'utf8' })
  return stripVTControlCharacters(output).trimEnd().split('\n')
}

/**
 * Draws the demo as a terminal. A picture that differs from this run only in numbers, such as a port or milliseconds,
 * is kept.
 */
export function recordDemo(): string {
  const drawn = drawTerminal('npm run demo', playDemo())
  const file = join(root, recording)
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return withoutNumbers(linesOf(kept)) === withoutNumbers(linesOf(drawn)) ? kept : drawn
}

/** Lines of output without the parts that differ between runs. */
export function withoutNumbers(lines: readonly string[]): string {
  return lines.join('\n').replaceAll(/\d+/g, '0').replaceAll(/ +/g, ' ')
}

/** The lines that a picture of {@link drawTerminal} shows, without the command. */
export function linesOf(svg: string): string[] {
  const texts = Array.from(svg.matchAll(/<text\b[^>]*>(.*?)<\/text>/g), ([, text = '']) => text)
  return texts.slice(1).map((text) => unescaped(text.replaceAll(/<[^>]*>/g, '')))
}

/** Draws a command and its output. Results, in the last column, and check marks are colored. */
export function drawTerminal(command: string, lines: readonly string[]): string {
  const width = Math.ceil(Math.max(...lines.map(({ length }) => length)) * COLUMN) + 40
  const height = (lines.length + 1) * LINE + 56
  const text = (index: number, content: string): string =>
    `<text x="20" y="${58 + index * LINE}" xml:space="preserve">${content}</text>`
  const colored = lines.map((line, index) => {
    const [, mark = '', step = '', result = ''] = /^(\S+ )?(.*? {2,})?(.*)$/.exec(line) ?? []
    return text(
      index + 1,
      `<tspan fill="#3fb950">${escaped(mark)}</tspan>${escaped(step)}<tspan fill="#79c0ff">${escaped(result)}</tspan>`,
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(command)}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g fill="#484f58"><circle cx="24" cy="20" r="6"/><circle cx="44" cy="20" r="6"/><circle cx="64" cy="20" r="6"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#e6edf3">
${[text(0, `<tspan fill="#7d8590">$ </tspan>${escaped(command)}`), ...colored].join('\n')}
</g>
</svg>
`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
