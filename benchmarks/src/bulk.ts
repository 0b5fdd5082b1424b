import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { tokensOf } from './bulk-tokens.ts'
import { type ServerSettings, startServer } from './start-server.ts'

/** The results of one bulk run. */
export interface BulkResult {
  readonly through: 'library' | 'command line'
  readonly tokens: number
  readonly concurrency: number
  readonly revoked: number
  readonly elapsedMs: number
  readonly tokensPerSecond: number
  /** Peak resident memory, in bytes. */
  readonly peakRssBytes: number
  /** Rate of the last tenth over that of the first; only for the library. */
  readonly lastToFirstTenth?: number
  /** Requests that were answered 429. */
  readonly refused: number
  readonly limitPerSecond?: number
}

/** Revokes many tokens through the library. */
export async function bulkThroughLibrary(
  tokens: number,
  concurrency: number,
  server: Partial<ServerSettings> = {},
): Promise<BulkResult> {
  await using provider = await provide(server)
  const child = fork(fileURLToPath(new URL('bulk-process.ts', import.meta.url)), [
    provider.url,
    String(tokens),
    String(concurrency),
  ])
  const [run] = (await once(child, 'message')) as [
    { revoked: number; elapsedMs: number; tenths: number[]; peakRss: number },
  ]
  const { refused } = await provider.counts()
  const { revoked, elapsedMs, tenths, peakRss } = run
  return {
    through: 'library',
    tokens,
    concurrency,
    revoked,
    elapsedMs,
    tokensPerSecond: (revoked / elapsedMs) * 1000,
    peakRssBytes: peakRss,
    lastToFirstTenth: (tenths[0] ?? 1) / (tenths.at(-1) ?? 1),
    refused,
    ...(server.limitPerSecond !== undefined && { limitPerSecond: server.limitPerSecond }),
  }
}

/** Revokes many tokens through the command line, with its report and its journal. */
export async function bulkThroughCommandLine(cli: string, tokens: number, concurrency: number): Promise<BulkResult> {
  await using provider = await provide({})
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-bulk-'))
  try {
    const lines = Readable.from(tokensOf(tokens)).map((token: string) => `${token}\n`)
    await pipeline(lines, createWriteStream(join(folder, 'tokens')))
    const env = {
      ...process.env,
      AUTHING_APP_ID: 'app',
      AUTHING_APP_SECRET: 'the-secret',
      AUTHING_APP_HOST: provider.url,
    }
    const files = ['--output', join(folder, 'report'), '--journal', join(folder, 'journal')]
    // As its README recommends where memory matters: Node.js would take 90 MB more for young objects.
    const args = [
      '--max-semi-space-size=16',
      cli,
      'revoke',
      join(folder, 'tokens'),
      '--concurrency',
      String(concurrency),
      '--quiet',
      ...files,
    ]
    const startedAt = performance.now()
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    let peakRss = 0
    const timer = setInterval(async () => {
      peakRss = Math.max(peakRss, await rssOf(child.pid))
    }, 200)
    const [code] = await once(child, 'exit')
    clearInterval(timer)
    if (code !== 0) throw new Error(`The command line ended with ${code}.`)
    const elapsedMs = performance.now() - startedAt
    const { answered, refused } = await provider.counts()
    const rate = (answered / elapsedMs) * 1000
    return {
      through: 'command line',
      tokens,
      concurrency,
      revoked: answered,
      elapsedMs,
      tokensPerSecond: rate,
      peakRssBytes: peakRss,
      refused,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function provide(settings: Partial<ServerSettings>) {
  const server = await startServer({ delayMs: 0, ...settings })
  return { ...server, [Symbol.asyncDispose]: async () => server.close() }
}

/** Resident memory of a process in bytes; 0 if the system does not report it. */
async function rssOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}
