/**
 * The packages that are released, read from the workspace: to npm those that are not private, to JSR those with a
 * `deno.json`.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
}

export interface ReleasedPackage {
  /** Below the root of the workspace, such as `packages/core`. */
  readonly folder: string
  readonly manifest: Manifest
}

export const readJson = <T>(...path: readonly string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T

const below = (root: string, pattern: string): string[] =>
  globSync(pattern, { cwd: root })
    .map((file) => dirname(file).replaceAll('\\', '/'))
    .sort()

/** The packages for npm, each after those that it depends on: an installation during the publication works. */
export function npmPackages(root: string): ReleasedPackage[] {
  const waiting = below(root, 'packages/*/package.json')
    .map((folder) => ({ folder, manifest: readJson<Manifest>(root, folder, 'package.json') }))
    .filter(({ manifest }) => !manifest.private)
  const ordered: ReleasedPackage[] = []
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ manifest }) => manifest.name))
    const next = waiting.findIndex(({ manifest }) =>
      Object.keys(manifest.dependencies ?? {}).every((name) => !names.has(name)),
    )
    if (next < 0) throw new Error(`These packages depend on one another: ${[...names].join(', ')}`)
    ordered.push(...waiting.splice(next, 1))
  }
  return ordered
}

/** The packages for JSR. */
export const jsrPackages = (root: string): ReleasedPackage[] =>
  below(root, 'packages/*/deno.json').map((folder) => ({ folder, manifest: readJson(root, folder, 'deno.json') }))
