import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A run of `backend-logout revoke`, in a separate process. */
export interface BulkRun extends AsyncDisposable {
  /** Its standard error so far. */
  output(): string
}

/**
 * Starts a bulk run over tokens whose names begin with `bulk-`.
 *
 * @param outbox The address of the outbox whose pace it shares; without one, it has a separate pace.
 */
export async function startBulkRun({
  appHost,
  outbox,
  tokens,
}: {
  readonly appHost: string
  readonly outbox: string | undefined
  readonly tokens: number
}): Promise<BulkRun> {
  const manifest = createRequire(import.meta.url).resolve('@backend-logout/cli/package.json')
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: Record<string, string> }
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-bulk-'))
  const file = join(folder, 'tokens.txt')
  await writeFile(file, Array.from({ length: tokens }, (_, index) => `bulk-${index}`).join('\n'))
  const child = spawn(process.execPath, [join(dirname(manifest), bin['backend-logout'] ?? ''), 'revoke', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...{ AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'secret', AUTHING_APP_HOST: appHost },
      OUTBOX_STORE: outbox ?? '',
    },
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk
  })
  const ended = once(child, 'close')
  return {
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
