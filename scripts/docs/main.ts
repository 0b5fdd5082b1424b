/** Builds the documentation site into `docs/site`: `npm run docs`. */
import { join } from 'node:path'
import { buildSite } from './build-site.ts'

const out = join(import.meta.dirname, '../../docs/site')
const { ok, problems } = await buildSite(out)
console.log(ok ? `\nOpen docs/site/index.html.` : `\n${problems.length} problems.`)
process.exitCode = ok ? 0 : 1
