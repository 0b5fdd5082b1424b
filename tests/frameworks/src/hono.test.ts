import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testGuide } from './guide.ts'
import { testPages } from './pages-suite.ts'
import { startServer } from './start-server.ts'
import { startWorker } from './start-worker.ts'

const example = join(import.meta.dirname, '../../../examples/hono')
const bin = (name: string): string => join(import.meta.dirname, '../node_modules/.bin', name)
const deno = ['run', '--quiet', '--no-prompt', '--no-remote', '--node-modules-dir=manual'] as const

const COMMANDS = {
  'Node.js': [process.execPath, 'node.ts'],
  Deno: [bin('deno'), ...deno, '--allow-net', '--allow-env', '--allow-read', '--allow-sys', 'deno.ts'],
  Bun: [bin('bun'), 'bun.ts'],
} as const

for (const [runtime, command] of Object.entries(COMMANDS)) {
  testPages(`Hono on ${runtime}`, {
    cookieName: '__Host-session',
    hang: runtime === 'Node.js',
    // Without the variable Deno may rewrite the workspace's package.json.
    start: (origin, env) =>
      startServer(origin, command, { cwd: example, env: { ...env, DENO_NO_PACKAGE_JSON: '1', NO_COLOR: '1' } }),
  })
}

testPages('Hono on Workers', {
  cookieName: '__Host-session',
  hang: false,
  start: (origin, { AUTHING_APP_ID = '', AUTHING_APP_SECRET = '', AUTHING_APP_HOST = '' }) => {
    const program = join(example, 'worker.ts')
    return startWorker(origin, program, {
      bindings: {
        APP_ORIGIN: origin,
        APP_ID: AUTHING_APP_ID,
        APP_SECRET: AUTHING_APP_SECRET,
        APP_HOST: AUTHING_APP_HOST,
      },
      schema: /CREATE TABLE .*\)(?= \*\/)/.exec(readFileSync(program, 'utf8'))?.[0] ?? '',
    })
  },
})

testGuide('hono.md', 'hono', [
  'app.ts',
  'session.ts',
  'sign-in.ts',
  'settings.ts',
  'node.ts',
  'deno.ts',
  'bun.ts',
  'worker.ts',
])
