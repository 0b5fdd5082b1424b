import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { readJson } from '../../../scripts/release/packages.ts'
import type { Release } from '../../../scripts/release/tarball.ts'
import { run } from './program.ts'

const { workspace } = inject('release')
const { tarballs } = readJson<Release>(workspace, 'release/release.json')
const update = 'to accept the new list: npm test -- --filter=@backend-logout/tests-packaging -- src/tarball.test.ts -u'

interface Manifest {
  readonly scripts?: Record<string, string>
  readonly dependencies?: Record<string, string>
}

const manifestIn = async (file: string): Promise<Manifest> =>
  JSON.parse(await run(workspace, ['tar'], ['-xzOf', join('release', file), 'package/package.json']))

test.each(tarballs)('$name contains exactly the listed files', async ({ name, file }) => {
  const list = await run(workspace, ['tar'], ['-tzf', join('release', file)])
  // The names of chunks depend on their content.
  const names = list.replaceAll('package/', '').replaceAll(/-[0-9a-f]{8}(?=\.js$)/gm, '-HASH')
  const files = names.trim().split('\n').sort().join('\n')
  await expect(`${files}\n`, update).toMatchFileSnapshot(`../file-lists/${name.split('/')[1]}.txt`)
})

test.each(tarballs)('$name has a README, a license and a changelog', async ({ file }) => {
  const list = (await run(workspace, ['tar'], ['-tzf', join('release', file)])).trim().split('\n')
  expect(list).toEqual(expect.arrayContaining(['package/README.md', 'package/LICENSE', 'package/CHANGELOG.md']))
})

// A changelog, which grows with each release, is part of it.
test.each(tarballs)('$name is less than 150 kB to download, or 1.6 MB with an empty database', ({ name, file }) => {
  const limit = name === '@backend-logout/private-store' ? 1_600_000 : 150_000
  expect(statSync(join(workspace, 'release', file)).size).toBeLessThan(limit)
})

test.each(tarballs)('$name runs nothing when it is installed', async ({ file }) => {
  const { scripts = {} } = await manifestIn(file)
  expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([])
})

test('core depends only on jose, for signed assertions', async () => {
  const core = tarballs.find(({ name }) => name === '@backend-logout/core')
  const { dependencies = {} } = await manifestIn(core?.file ?? '')
  expect(Object.keys(dependencies).sort()).toEqual(['jose'])
})

test('core has the license of openapi-fetch, which it contains', async () => {
  const { file } = tarballs.find(({ name }) => name === '@backend-logout/core') ?? { file: '' }
  const code = await run(workspace, ['tar'], ['-xzOf', join('release', file), '--wildcards', 'package/dist/*.js'])
  expect(code).toContain('Copyright (c) 2023 Drew Powers')
  expect(code).toContain('The above copyright notice and this permission notice shall be included')
  expect(code).not.toMatch(/from ["']openapi-fetch["']/)
})
