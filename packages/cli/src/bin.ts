#!/usr/bin/env node
import { useCodeCache } from './code-cache.ts'

// Modules are compiled before they run, so only one that is loaded later comes from the cache.
useCodeCache(process)
await import('./main.ts')
