import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'vitest'
import { testGuide } from './guide.ts'
import { testPages } from './pages-suite.ts'
import { stageExample } from './stage-example.ts'
import { startServer } from './start-server.ts'

const folder = join(import.meta.dirname, '../.results/sveltekit')
const run = promisify(execFile)

testPages('SvelteKit', {
  cookieName: '__Host-session',
  hang: false,
  usualOutput: /^Listening on /,
  async start(origin, env) {
    await stageExample('sveltekit', folder)
    const { PATH = '', HOME = '' } = process.env
    // Its origin, and no secret: the build does not have them.
    const settings = { PATH, HOME, NODE_ENV: 'production', APP_ORIGIN: origin }
    await run(process.execPath, [join(folder, 'node_modules/vite/bin/vite.js'), 'build'], {
      cwd: folder,
      env: settings,
    })
    return startServer(origin, [process.execPath, 'build/index.js'], {
      cwd: folder,
      env: { ...env, HOST: '127.0.0.1' },
    })
  },
})

test('its types compile', async () => {
  const tsc = join(import.meta.dirname, '../../../node_modules/typescript-native/bin/tsc')
  await run(process.execPath, [tsc, '--noEmit', '-p', folder])
}, 120_000)

testGuide(
  'sveltekit.md',
  'sveltekit',
  [
    'src/lib/server/logout.ts',
    'src/routes/logout/+server.ts',
    'src/lib/server/sessions.ts',
    'src/routes/+page.server.ts',
    'src/routes/+page.svelte',
    'src/routes/goodbye/+page.server.ts',
    'src/routes/goodbye/+page.svelte',
    'src/lib/server/provider.ts',
    'src/routes/login/+server.ts',
    'src/routes/callback/+server.ts',
    'vite.config.ts',
  ],
  ['@sveltejs/kit', 'vite'],
)
