/**
 * Takes the modules of Node.js from `process.getBuiltinModule()`. An `import` of one reads all of its exports, and some of
 * these load other modules or open something, such as `process.stdin` and `fs.promises`. Also, a module that only a part
 * of the file needs is loaded together with that part.
 */
import type { Plugin } from 'esbuild'

/** An esbuild plugin for programs that only run in Node.js. */
export const lightBuiltins: Plugin = {
  name: 'light-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }))
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const lines = Object.keys(process.getBuiltinModule(path) ?? {}).map(
        // Those that nothing imports are left out of the file.
        (name) => `export const ${name} = /* @__PURE__ */ take('${name}')`,
      )
      const contents = `
        const builtin = process.getBuiltinModule('${path}')
        const take = (name) => builtin[name]
        export default builtin
        ${lines.join('\n')}`
      return { contents }
    })
  },
}
