/**
 * First step of a release, for the version pull request: turns the changesets into versions and changelogs, and gives
 * the packages on JSR the same version. `npm run release:version`
 */
import { join } from 'node:path'
import { npmPackages } from './packages.ts'
import { run } from './run.ts'

const root = join(import.meta.dirname, '../..')
await run(root, 'changeset', ['version'])
await run(root, 'node', ['scripts/jsr-versions.ts'])
for (const { manifest } of npmPackages(root)) console.log(`${manifest.name} ${manifest.version}`)
