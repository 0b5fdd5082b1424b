import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { apiDiff, type Diff } from 'api-smart-diff'
import { parse } from 'yaml'

/** The result of a comparison with the last release. */
export interface SpecCheck {
  /** The changes that break clients, in lines of text; otherwise empty. */
  readonly breaks: string
  /** The changesets that are missing, in lines of text; empty if they state every break. */
  readonly missing: string
}

/**
 * Compares the specs in a repository with those of its last release, which is the last tag `v…`.
 *
 * @returns `undefined` before the first release.
 */
export function checkSpecs(repository: string): SpecCheck | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const tag = lastRelease(git)
  if (tag === undefined) return undefined
  const steps = tag.startsWith('v0.') ? ['minor', 'major'] : ['major']
  let breaks = ''
  let missing = ''
  for (const file of git('ls-tree', '--name-only', tag, 'specs/').split('\n')) {
    if (!file.endsWith('.openapi.yaml')) continue
    const changes = breakingChanges(git('show', `${tag}:${file}`), join(repository, file))
    if (changes.length === 0) continue
    const folder = git('ls-tree', '-r', '--name-only', tag, 'packages/').match(
      new RegExp(`packages/[^/]+(?=/specs/${basename(file)})`),
    )
    const { name } = JSON.parse(git('show', `${tag}:${folder?.[0]}/package.json`)) as { name: string }
    breaks += `${file} breaks clients of ${tag}:\n${changes.map((change) => `  ${change}\n`).join('')}`
    if (hasChangeset(repository, name, steps)) continue
    missing += `This needs a changeset with \`"${name}": ${steps[0]}\`. Run \`npx changeset\`, or change the spec back.\n`
  }
  return { breaks, missing }
}

function lastRelease(git: (...args: string[]) => string): string | undefined {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*').trim()
  } catch {
    return undefined
  }
}

/**
 * Changes that affect generated clients and users' programs. The library tests the wire format, which is more tolerant.
 */
function isBreaking({ type, action, path }: Diff): boolean {
  // Components are compared where they are used.
  if (path[0] !== 'paths') return false
  if (type === 'breaking') return true
  // Programs read the fields of responses, and call operations by their names.
  if (path.includes('responses') && action === 'remove') return type !== 'annotation'
  return path.at(-1) === 'operationId' && action !== 'add'
}

const describe = ({ action, path }: Diff): string => `${action} ${path.slice(1).join(' › ')}`

function breakingChanges(before: string, file: string): string[] {
  if (!existsSync(file)) return ['remove the whole spec']
  return apiDiff(parse(before), parse(readFileSync(file, 'utf8')), {})
    .filter(isBreaking)
    .map(describe)
}

/** True if one of the changesets makes one of these steps for a package. */
function hasChangeset(repository: string, packageName: string, steps: readonly string[]): boolean {
  const wanted = new RegExp(`^["']?${packageName}["']?: *(?:${steps.join('|')})$`, 'm')
  return globSync('.changeset/*.md', { cwd: repository }).some((file) =>
    wanted.test(readFileSync(join(repository, file), 'utf8').split('---')[1] ?? ''),
  )
}
