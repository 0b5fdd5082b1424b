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
import type { Plugin } from 'esbuild'

const LIGHT_HEADERS = join(import.meta.dirname, '../packages/core/src/light-headers.ts')

/** An esbuild plugin for packages that import `openapi-fetch`. */
export const embedOpenapiFetch: Plugin = {
  name: 'embed-openapi-fetch',
  setup(build) {
    build.onResolve({ filter: /^openapi-fetch$/ }, ({ resolveDir }) => {
      const manifest = createRequire(join(resolveDir, 'x')).resolve('openapi-fetch/package.json')
      return { path: join(dirname(manifest), 'dist/index.mjs'), sideEffects: false }
    })
    build.onLoad({ filter: /[\\/]openapi-fetch[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => {
      const folder = join(dirname(path), '..')
      const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
      const license = await readFile(join(folder, 'LICENSE'), 'utf8')
      const source = await readFile(path, 'utf8')
      // Minified, because it counts in the size of the package, and has its own repository to be read in.
      const { code } = await build.esbuild.transform(source, { minify: true, define: { process: 'undefined' } })
      const contents = `/*! openapi-fetch ${version}\n\n${license.trim()} */
import { LightHeaders as Headers } from ${JSON.stringify(LIGHT_HEADERS)}
const FormData = class {}
${code}`
      return { contents, loader: 'js', resolveDir: dirname(path) }
    })
  },
}
