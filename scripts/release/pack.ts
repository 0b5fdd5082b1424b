/**
 * Second step of a release: builds and packs all packages, without any right to publish. The folder (`release`, or the
 * one named) gets the tarballs and `release.json`, which says what they are.
 *
 * `npm run release:pack -- [FOLDER]`
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { npmPackages } from './packages.ts'
import { pnpm, run } from './run.ts'
import type { Release, Tarball } from './tarball.ts'

const root = join(import.meta.dirname, '../..')
const folder = resolve(process.argv[2] ?? join(root, 'release'))
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })

const packages = npmPackages(root)
const those = packages.flatMap(({ manifest }) => ['--filter', manifest.name])
await pnpm(root, ['--config.verify-deps-before-run=false', '--recursive', ...those, 'run', 'build'])

/** Provenance requires a manifest that names the repository of the build, which only the build knows. */
async function withRepository(folder: string, action: () => Promise<unknown>): Promise<void> {
  const { GITHUB_REPOSITORY: name, GITHUB_SERVER_URL: server } = process.env
  if (!name || !server) {
    await action()
    return
  }
  const path = join(root, folder, 'package.json')
  const before = await readFile(path, 'utf8')
  const repository = { type: 'git', url: `git+${server}/${name}.git`, directory: folder }
  await writeFile(path, JSON.stringify({ ...JSON.parse(before), repository }, undefined, 2))
  try {
    await action()
  } finally {
    await writeFile(path, before)
  }
}

const tarballs: Tarball[] = []
for (const { folder: source, manifest } of packages) {
  const before = new Set(await readdir(folder))
  await withRepository(source, () => pnpm(join(root, source), ['pack', '--pack-destination', folder]))
  const file = (await readdir(folder)).find((name) => !before.has(name))
  if (!file) throw new Error(`${manifest.name} was not packed.`)
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(join(folder, file)))
    .digest('base64')}`
  tarballs.push({ name: manifest.name, version: manifest.version, file, integrity })
  console.log(`${manifest.name} ${manifest.version}: ${file}`)
}
const commit = (await run(root, 'git', ['rev-parse', 'HEAD'])).trim()
const release: Release = { commit, tarballs }
await writeFile(join(folder, 'release.json'), `${JSON.stringify(release, undefined, 2)}\n`)
