/** Imports the module that is named on the command line, and prints the side effects of loading it. */
import { createHook } from 'node:async_hooks'

const kinds = new Set<string>()
const listening = (): string[] =>
  process.eventNames().flatMap((name) => process.listeners(name as 'exit').map(() => String(name)))

const before = listening().length
const globals = Reflect.ownKeys(globalThis).length
const environment = JSON.stringify(process.env)
const hook = createHook({ init: (_id, kind) => kinds.add(kind) }).enable()
await import(process.argv[2] as string)
// All deferred work has begun by now.
await new Promise((resolve) => setImmediate(resolve))
hook.disable()
kinds.delete('Immediate')
console.log(
  JSON.stringify({
    started: [...kinds].filter((kind) => !/^(?:PROMISE|FSREQ|FILEHANDLE|TickObject|Microtask)/i.test(kind)),
    globals: Reflect.ownKeys(globalThis).length - globals,
    environmentChanged: JSON.stringify(process.env) !== environment,
    listeners: listening().length - before,
  }),
)
