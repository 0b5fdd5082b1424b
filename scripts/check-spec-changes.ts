/**
 * Compares the specs in the current folder with those of the last release, which is the last tag `v…`. A change that
 * breaks clients requires a changeset that states it: major, or minor before 1.0, for the package that ships the spec.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { apiDiff, type Diff } from 'api-smart-diff'
import { parse } from 'yaml'

const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

function lastRelease(): string | undefined {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*').trim()
  } catch {
    return undefined
  }
}

/**
 * Changes that affect generated clients and users' programs. The library tests the wire format, which is more tolerant.
 */
function breaks({ type, action, path }: Diff): boolean {
  // Components are compared where they are used.
  if (path[0] !== 'paths') return false
  if (type === 'breaking') return true
  // Programs read the fields of responses, and call operations by their names.
  if (path.includes('responses') && action === 'remove') return type !== 'annotation'
  return path.at(-1) === 'operationId' && action !== 'add'
}

const describe = ({ action, path }: Diff): string => `${action} ${path.slice(1).join(' › ')}`

function breakingChanges(tag: string, file: string): string[] {
  const before: unknown = parse(git('show', `${tag}:${file}`))
  const [spec] = globSync(file)
  if (!spec) return ['remove the whole spec']
  return apiDiff(before, parse(readFileSync(spec, 'utf8')), {})
    .filter(breaks)
    .map(describe)
}

/** True if one of the changesets makes one of these steps for a package. */
function hasChangeset(packageName: string, steps: readonly string[]): boolean {
  const wanted = new RegExp(`^["']?${packageName}["']?: *(?:${steps.join('|')})$`, 'm')
  return globSync('.changeset/*.md').some((file) => wanted.test(readFileSync(file, 'utf8').split('---')[1] ?? ''))
}

function check(tag: string): void {
  const steps = tag.startsWith('v0.') ? ['minor', 'major'] : ['major']
  for (const file of git('ls-tree', '--name-only', tag, 'specs/').split('\n')) {
    if (!file.endsWith('.openapi.yaml')) continue
    const changes = breakingChanges(tag, file)
    if (changes.length === 0) continue
    const folder = git('ls-tree', '-r', '--name-only', tag, 'packages/').match(
      new RegExp(`packages/[^/]+(?=/specs/${basename(file)})`),
    )
    const { name } = JSON.parse(git('show', `${tag}:${folder?.[0]}/package.json`)) as { name: string }
    console.log(`${file} breaks clients of ${tag}:\n${changes.map((change) => `  ${change}`).join('\n')}`)
    if (hasChangeset(name, steps)) continue
    console.error(
      `This needs a changeset with \`"${name}": ${steps[0]}\`. Run \`npx changeset\`, or change the spec back.`,
    )
    process.exitCode = 1
  }
}

const tag = lastRelease()
if (tag) check(tag)
else console.log('Nothing has been released, so no spec can break a client.')
