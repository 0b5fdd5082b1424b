/**
 * Builds the documentation site into `docs/site`: `npm run docs`. The pages about the contracts and the drawings are
 * created first, and are committed, so that they are readable without the site.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildSite } from './build-site.ts'
import { renderContract } from './contract-page.ts'
import { renderDrawings } from './drawings.ts'
import { recordDemo, recording } from './recording.ts'
import { contracts } from './site-map.ts'

const root = join(import.meta.dirname, '../..')

for (const [page, contract] of Object.entries(contracts)) {
  mkdirSync(join(root, dirname(page)), { recursive: true })
  writeFileSync(join(root, page), renderContract(readFileSync(join(root, contract), 'utf8'), contract))
}
const pictures = { ...(await renderDrawings()), [recording]: recordDemo() }
for (const [file, svg] of Object.entries(pictures)) writeFileSync(join(root, file), svg)
const { ok, problems } = await buildSite(join(root, 'docs/site'))
console.log(ok ? '\nOpen docs/site/index.html.' : `\n${problems.length} problems.`)
process.exitCode = ok ? 0 : 1
