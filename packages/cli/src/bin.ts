#!/usr/bin/env node
import { useCodeCache } from './code-cache.ts'
import { ExitCode } from './exit-code.ts'

// In earlier versions, a module would fail to load, and Node.js would print only where.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`backend-logout requires Node.js 22.19 or later, and this is ${process.versions.node}.`)
  process.exit(ExitCode.usage)
}

// Modules are compiled before they run, so only one that is loaded later comes from the cache.
useCodeCache(process)
await import('./main.ts')
