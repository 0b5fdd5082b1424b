import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { startTcpProxy } from '@backend-logout/tests-outbox/tcp-proxy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
/**
 * The time that the worker may take: to finish the logouts in progress, to store the results, and to abandon
 * connections.
 */
const GRACE_MS = 20_000

let provider: CountingProvider
let postgres: PostgresServer

beforeAll(async () => {
  ;[provider, postgres] = await Promise.all([startCountingProvider(folder.path, 400), startPostgres()])
})
afterAll(() => Promise.all([provider[Symbol.asyncDispose](), postgres[Symbol.asyncDispose]()]))

// Windows has no signals.
test.skipIf(process.platform === 'win32').each(['that answers', 'that has vanished'])(
  'SIGTERM to npx ends the worker that it started, with a database %s',
  async (database) => {
    const address = await postgres.database(database.replaceAll(' ', '_'))
    await using proxy = await startTcpProxy(Number(new URL(address).port))
    const { stdout: keys } = await run(['outbox', 'key', 'first'])
    const settings = { ...provider.env, OUTBOX_KEYS: keys }
    const env = { ...process.env, ...settings, OUTBOX_STORE: address.replace(/:\d+\//, `:${proxy.port}/`) }
    const args = ['--no', 'backend-logout', 'outbox', 'work', '--health-port', '0']
    const npx = spawn('npx', args, { cwd: dirname(import.meta.dirname), env, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(npx, 'exit')
    try {
      let output = ''
      for (const stream of [npx.stdout, npx.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
      while (!/health on port \d+/.test(output)) {
        expect(npx.exitCode, output).toBeNull()
        await sleep(20)
      }
      const health = `http://127.0.0.1:${/health on port (\d+)/.exec(output)?.[1]}/health`
      expect((await fetch(health)).status).toBe(200)
      const input = provider.take(200).join('\n')
      await run(['outbox', 'add'], { env: { ...settings, OUTBOX_STORE: address }, input })
      if (database === 'that has vanished') {
        proxy.silenceNew()
        proxy.silence()
      }
      npx.kill('SIGTERM')
      await ended
      // npx does not wait for it.
      const isGone = async (): Promise<boolean> =>
        fetch(health).then(
          () => false,
          () => true,
        )
      await expect.poll(isGone, { timeout: GRACE_MS, interval: 100 }).toBe(true)
      expect(output).toContain('stopping after the logouts in progress')
    } finally {
      npx.kill('SIGKILL')
    }
  },
)
