import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'vitest'
import { testGuide } from './guide.ts'
import { testPages } from './pages-suite.ts'
import { stageExample } from './stage-example.ts'
import { startServer } from './start-server.ts'

const folder = join(import.meta.dirname, '../.results/react-router')
const bin = (name: string): string => join(folder, 'node_modules/@react-router', name, 'bin.cjs')
const run = promisify(execFile)

testPages('React Router', {
  cookieName: 'session',
  hang: false,
  // One line for each request.
  usualOutput: /^(?:GET|POST|\[react-router-serve\]) /,
  async start(origin, env) {
    await stageExample('react-router', folder)
    const { PATH = '', HOME = '' } = process.env
    // No setting of the application: the build does not have its secrets.
    const settings = { PATH, HOME, NODE_ENV: 'production' }
    await run(process.execPath, [bin('dev'), 'build'], { cwd: folder, env: settings })
    return startServer(origin, [process.execPath, bin('serve'), 'build/server/index.js'], {
      cwd: folder,
      env: { ...env, HOST: '127.0.0.1', NODE_ENV: 'production' },
    })
  },
})

test('its types compile', async () => {
  const tsc = join(import.meta.dirname, '../../../node_modules/typescript-native/bin/tsc')
  await run(process.execPath, [tsc, '--noEmit', '-p', folder])
}, 120_000)

testGuide(
  'react-router.md',
  'react-router',
  [
    'app/logout.server.ts',
    'app/routes/logout.ts',
    'app/sessions.server.ts',
    'app/routes/home.tsx',
    'app/routes/goodbye.tsx',
    'app/provider.server.ts',
    'app/routes/login.ts',
    'app/routes/callback.ts',
    'app/routes.ts',
  ],
  ['react-router', '@react-router/dev'],
)
