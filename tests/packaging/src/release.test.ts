import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { jsrPackages, npmPackages, readJson } from '../../../scripts/release/packages.ts'
import type { Release } from '../../../scripts/release/tarball.ts'
import { root, run } from './program.ts'

const { environment, folder, publication, rehearsal, repository, workspace } = inject('release')
const { tarballs } = readJson<Release>(workspace, 'release/release.json')
const onNpm = npmPackages(root).map(({ manifest }) => manifest.name)
const onJsr = jsrPackages(root).map(({ manifest }) => manifest.name)
const [{ version } = { version: '' }] = tarballs
const publish = (from: string): Promise<string> =>
  run(workspace, [process.execPath], ['scripts/release/publish.ts', from], environment)

test('a rehearsal runs the whole release offline, with every package that is not private', () => {
  const expected = [...onNpm.map((name) => `npm: ${name}`), ...onJsr.map((name) => `jsr: ${name}`)]
  expect(rehearsal.trim().split('\n').slice(-expected.length)).toEqual(
    expected.map((title) => `  ${title} ${version} would be published`),
  )
})

test('a release publishes the rehearsed tarballs', () => {
  expect(publication).toBe(rehearsal.split('Publication\n')[1]?.replace(/^ {2}/gm, '').replaceAll('would be', 'is'))
})

test('all packages get one version, on npm and on JSR', () => {
  expect(version).not.toBe('0.0.0')
  const versions = [...npmPackages(workspace), ...jsrPackages(workspace)].map(({ manifest }) => manifest.version)
  expect(new Set(versions)).toEqual(new Set([version]))
})

test('a release moves the changesets into the changelogs', async () => {
  const changelog = await readFile(join(workspace, 'packages/core/CHANGELOG.md'), 'utf8')
  expect(changelog).toContain(`## ${version}`)
  expect((await run(workspace, ['git'], ['ls-files', '.changeset'])).trim().split('\n')).toEqual([
    '.changeset/config.json',
  ])
})

interface Published {
  readonly dist: { readonly integrity: string }
  readonly dependencies?: Readonly<Record<string, string>>
}
/** The released version of a package, as the registry tells those who install it. */
async function published(name: string): Promise<Published | undefined> {
  const answer = await fetch(new URL(name.replace('/', '%2f'), environment.npm_config_registry))
  const { versions } = (await answer.json()) as { versions: Record<string, Published> }
  return versions[version]
}

test.each(tarballs)('the registry has the same tarball of $name that was packed', async ({ name, integrity }) => {
  expect((await published(name))?.dist.integrity).toBe(integrity)
})

test.each(tarballs)('$name depends on the other packages in this version', async ({ name }) => {
  const { dependencies = {} } = (await published(name)) as Published
  const ours = Object.entries(dependencies).filter(([dependency]) => dependency.startsWith('@backend-logout/'))
  for (const [, range] of ours) expect(range).toBe(`^${version}`)
})

test('a release that is run again publishes nothing twice', async () => {
  const output = await publish('release')
  for (const name of onNpm) expect(output).toContain(`npm: ${name} ${version} is there already`)
})

test('a tarball that differs from the packed one is not published', async () => {
  const tampered = join(folder, 'tampered')
  await cp(join(workspace, 'release'), tampered, { recursive: true })
  const [{ file } = { file: '' }] = tarballs
  await writeFile(join(tampered, file), 'something else')
  await expect(publish(tampered)).rejects.toThrow(`${file} is not what was packed.`)
})

test('sources that differ from the packed commit are not published', async () => {
  const other = join(folder, 'other-commit')
  await cp(join(workspace, 'release'), other, { recursive: true })
  const release = readJson<Release>(other, 'release.json')
  await writeFile(join(other, 'release.json'), JSON.stringify({ ...release, commit: '0'.repeat(40) }))
  await expect(publish(other)).rejects.toThrow(`but ${'0'.repeat(40)} was packed.`)
})

test('sources that are not committed are not published', async () => {
  const source = join(workspace, 'packages/deno/src/mod.ts')
  const before = await readFile(source, 'utf8')
  await writeFile(source, `${before}export const added = true\n`)
  await expect(publish('release')).rejects.toThrow('The sources were changed')
  await writeFile(source, before)
})

test('only a build in CI names its repository in the manifests, as provenance requires', async () => {
  const [{ file } = { file: '' }] = tarballs
  const manifest = await run(workspace, ['tar'], ['-xzOf', join('release', file), 'package/package.json'])
  expect(JSON.parse(manifest).repository).toEqual({
    type: 'git',
    url: `git+${repository.server}/${repository.name}.git`,
    directory: 'packages/core',
  })
  expect(await run(workspace, ['git'], ['status', '--porcelain'])).toBe('')
})
