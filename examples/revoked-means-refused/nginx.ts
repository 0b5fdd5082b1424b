import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from './program.ts'

/** True if NGINX, built with auth_request like Debian's, can be started here. */
export function hasNginx(): boolean {
  try {
    return execFileSync('sh', ['-c', 'nginx -V 2>&1'], { encoding: 'utf8' }).includes('http_auth_request_module')
  } catch {
    return false
  }
}

/** Starts NGINX with nginx.conf, in front of a check. */
export async function startNginx(check: string): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'backend-logout-nginx-'))
  // Below the ports that the system assigns: another program could get one of those before NGINX does.
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const config = readFileSync(new URL('nginx.conf', import.meta.url), 'utf8')
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('http://127.0.0.1:4001', check)
    // Otherwise, its workers would be another user, who may not read this folder.
    .replace('worker_processes 1;', 'worker_processes 1;\nmaster_process off;')
  writeFileSync(join(folder, 'nginx.conf'), config)
  mkdirSync(join(folder, 'html'))
  writeFileSync(join(folder, 'html', 'orders.txt'), 'Your orders\n')
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    if (await fetch(url).catch(() => undefined)) break
    if (tries > 200 || child.exitCode !== null) throw new Error('NGINX does not answer.')
    await sleep(50)
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true })
  }
  return { url, kill, [Symbol.asyncDispose]: kill }
}
