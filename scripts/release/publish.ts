/**
 * Last step of a release: publishes the output of `pack.ts` in a folder to npm, and the sources of the same version to
 * JSR. Packages that a registry already has are skipped, so a failed release can be run again.
 *
 * `npm run release:publish -- [FOLDER] [--dry-run]`
 *
 * In CI, both registries accept the workflow's OIDC token, and npm gets provenance. Elsewhere, npm uses its login, and
 * JSR the token in `JSR_TOKEN`; this is how the tests publish to their registries.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { jsrPackages, readJson } from './packages.ts'
import { run } from './run.ts'
import type { Release, Tarball } from './tarball.ts'

const root = join(import.meta.dirname, '../..')
const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } })
const folder = resolve(positionals[0] ?? join(root, 'release'))
const dryRun = values['dry-run'] ? ['--dry-run'] : []
const inCi = process.env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined

async function check({ file, integrity }: Tarball): Promise<void> {
  const found = `sha512-${createHash('sha512')
    .update(await readFile(join(folder, file)))
    .digest('base64')}`
  if (found !== integrity) throw new Error(`${file} is not what was packed.`)
}

async function isPublished({ name, version }: Tarball): Promise<boolean> {
  const answer = await run(root, 'npm', ['view', `${name}@${version}`, 'version', '--json']).catch((error: Error) => {
    if (error.message.includes('E404')) return ''
    throw error
  })
  return answer.trim() !== ''
}

const { commit, tarballs } = readJson<Release>(folder, 'release.json')
const jsr = jsrPackages(root)
const versions = new Set([...tarballs, ...jsr.map(({ manifest }) => manifest)].map(({ version }) => version))
if (versions.size !== 1) throw new Error(`One release has one version, these are ${[...versions].join(', ')}.`)
for (const tarball of tarballs) await check(tarball)
// JSR publishes sources: only those of the packed commit.
const here = (await run(root, 'git', ['rev-parse', 'HEAD'])).trim()
if (here !== commit) throw new Error(`The sources are those of commit ${here}, but ${commit} was packed.`)
const changed = await run(root, 'git', ['status', '--porcelain', ...jsr.map(({ folder }) => folder)])
if (changed !== '') throw new Error(`The sources were changed after commit ${commit}, which was packed:\n${changed}`)

// Tarballs are published in this order, so none is there after the first that is not.
let mayBeThere = !values['dry-run']
for (const tarball of tarballs) {
  const title = `npm: ${tarball.name} ${tarball.version}`
  mayBeThere &&= await isPublished(tarball)
  if (mayBeThere) {
    console.log(`${title} is there already`)
    continue
  }
  const provenance = inCi ? ['--provenance'] : []
  await run(root, 'npm', ['publish', join(folder, tarball.file), '--access', 'public', ...provenance, ...dryRun])
  console.log(`${title} ${values['dry-run'] ? 'would be published' : 'is published'}`)
}

const token = process.env.JSR_TOKEN
// `check:deno` has checked the sources; JSR checks the types of the dependencies.
const options = ['publish', '--no-check', ...(token && !values['dry-run'] ? ['--token', token] : []), ...dryRun]
await run(root, 'deno', options)
for (const { manifest } of jsr) {
  console.log(`jsr: ${manifest.name} ${manifest.version} ${values['dry-run'] ? 'would be published' : 'is published'}`)
}
