import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, platform, release } from 'node:os'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, '../../../docs/outbox-results.md')
const SECTIONS = ['crash', 'failover', 'workers', 'pace', 'lanes', 'outage', 'growth', 'speed']

const INTRODUCTION = `# Outbox: results

Each section shows the last run of the command that it names.
`

/** Writes one section of the document with results; the others remain unchanged. */
export function writeResults(section: string, title: string, command: string, body: string): void {
  const existing = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  const sections = new Map(
    Array.from(existing.matchAll(/<!-- (\w+) -->\n([\s\S]*?)<!-- end -->/g), ([, name, text]) => [name, text]),
  )
  const about = `\`${command}\`, on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node.js ${process.versions.node}, ${platform()} ${release()}.`
  sections.set(section, `## ${title}\n\n${about}\n\n${body.trim()}\n`)
  const parts = SECTIONS.flatMap((name) =>
    sections.has(name) ? [`<!-- ${name} -->\n${sections.get(name)}<!-- end -->\n`] : [],
  )
  writeFileSync(FILE, [INTRODUCTION, ...parts].join('\n'))
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
