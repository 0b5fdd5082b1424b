import ts from 'typescript'

/** The reason why a text is not TypeScript, or `undefined`. */
export function syntaxError(text: string): string | undefined {
  const [first] = ts.transpileModule(text, { reportDiagnostics: true }).diagnostics ?? []
  return first && ts.flattenDiagnosticMessageText(first.messageText, ' ')
}

/** A name that is not declared, or used before its declaration has run. */
const UNDECLARED: ReadonlySet<number> = new Set([2304, 2448, 2454, 2552, 18004])
const FILE = '/mutation.ts'

const options: ts.CompilerOptions = {
  allowImportingTsExtensions: true,
  lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  noEmit: true,
  noResolve: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ESNext,
  types: [],
}
const host = ts.createCompilerHost(options)
const library = new Map<string, ts.SourceFile | undefined>()
let earlier: ts.Program | undefined

/**
 * The complaints about names that are in a file only after a change. Code with such a name throws, so a test that then
 * fails shows nothing.
 */
export function undeclaredNames(before: string, after: string): string[] {
  const known = complaints(before)
  return complaints(after).filter((complaint) => !known.includes(complaint))
}

function complaints(text: string): string[] {
  const program = ts.createProgram(
    [FILE],
    options,
    {
      ...host,
      getSourceFile(name, language) {
        if (name === FILE) return ts.createSourceFile(name, text, language, true)
        if (!library.has(name)) library.set(name, host.getSourceFile(name, language))
        return library.get(name)
      },
      fileExists: (name) => name === FILE || host.fileExists(name),
      readFile: (name) => (name === FILE ? text : host.readFile(name)),
    },
    earlier,
  )
  earlier = program
  return program
    .getSemanticDiagnostics(program.getSourceFile(FILE))
    .filter(({ code }) => UNDECLARED.has(code))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}
