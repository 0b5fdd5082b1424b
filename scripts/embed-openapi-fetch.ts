/**
 * Makes openapi-fetch part of the published files, minified and with its license. Three global names mean something else
 * in it: `Headers` is core's `LightHeaders`, and there is no `process` and no `FormData`. Core needs none of the global
 * ones, because openapi-fetch creates requests of core's own kind, which take their headers from elsewhere. For them,
 * Node.js loads its own copy of undici, and Deno its modules of Node.js: a tenth to a fifth of the processor time of a
 * process that revokes one token.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'rolldown'
import { minify } from 'rolldown/utils'

const LIGHT_HEADERS = join(import.meta.dirname, '../packages/core/src/light-headers.ts')

/** A plugin for packages that import `openapi-fetch`. */
export const embedOpenapiFetch: Plugin = {
  name: 'embed-openapi-fetch',
  resolveId(id, importer = '') {
    if (id !== 'openapi-fetch') return undefined
    const manifest = createRequire(importer).resolve('openapi-fetch/package.json')
    return { id: join(dirname(manifest), 'dist/index.mjs'), moduleSideEffects: false }
  },
  load: {
    filter: { id: /[\\/]openapi-fetch[\\/]dist[\\/]index\.mjs$/ },
    async handler(id) {
      const folder = join(dirname(id), '..')
      const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
      const license = await readFile(join(folder, 'LICENSE'), 'utf8')
      const source = `const process = undefined\n${await readFile(id, 'utf8')}`
      // Minified, because it counts in the size of the package, and has its own repository to be read in.
      const { code } = await minify(id, source, { module: true })
      return `/*! openapi-fetch ${version}\n\n${license.trim()} */
import { LightHeaders as Headers } from ${JSON.stringify(LIGHT_HEADERS)}
const FormData = class {}
${code}`
    },
  },
}
