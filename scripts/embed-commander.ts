/**
 * Makes commander part of the published command line, with its license: every command needs it, and loading its seven
 * modules one by one takes longer than evaluating the whole command line.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

/** An esbuild plugin for packages that import `commander`. */
export const embedCommander: Plugin = {
  name: 'embed-commander',
  setup(build) {
    build.onResolve({ filter: /^commander$/ }, ({ resolveDir }) => {
      return { path: createRequire(join(resolveDir, 'x')).resolve('commander'), sideEffects: false }
    })
    build.onLoad({ filter: /[\\/]commander[\\/]index\.js$/ }, async ({ path }) => {
      const folder = dirname(path)
      const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
      const license = await readFile(join(folder, 'LICENSE'), 'utf8')
      return { contents: `/*! commander ${version}\n\n${license.trim()} */\n${await readFile(path, 'utf8')}` }
    })
    build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/]\w+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      // Without comments: people read them in its repository.
      return { contents: (await build.esbuild.transform(source, { minifyWhitespace: true })).code }
    })
    // It starts commands that are separate programs, which this command line does not have.
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]lib[\\/]/.test(importer) ? { path: 'child_process', namespace: 'nothing' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default undefined' }))
  },
}
