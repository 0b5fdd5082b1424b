import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the demo starts, serves its page, and stops when asked to', async () => {
  const script = fileURLToPath(new URL('demo-browser.ts', import.meta.url))
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  try {
    let url = ''
    for await (const line of createInterface(child.stdout)) {
      url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? ''
      if (url) break
    }
    for (const [path, type, text] of [
      ['', 'text/html; charset=utf-8', '<h1>Backend Logout</h1>'],
      ['page.js', 'text/javascript', 'X-Logout-Request'],
      ['style.css', 'text/css', '.dead'],
      ['session', 'application/json', '{"user":null}'],
    ] as const) {
      const answer = await fetch(url + path)
      expect(answer.headers.get('content-type')).toBe(type)
      expect(await answer.text()).toContain(text)
    }
    const login = await fetch(`${url}sign-in`)
    expect(login.url).toContain('/interaction/')
    expect((await fetch(`${url}callback?code=x&state=y`)).status).toBe(400)
    expect((await fetch(`${url}logout`)).status).toBe(405)
    expect((await fetch(`${url}elsewhere`)).status).toBe(404)
  } finally {
    child.kill('SIGINT')
  }
  expect(await exited).toEqual([0, null])
}, 60_000)
