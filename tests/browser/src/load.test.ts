import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request as send } from 'node:http'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'

/** The first logouts warm up; 10 000 by `npm run test:long`. */
const WARM_UP = 1_000
const LOGOUTS = process.env.LONG ? 10_000 : 2_000
const IN_FLIGHT = 64

/** The memory that the logouts after the first may leave behind: compiled code, and some bytes for each. */
const GROWTH_BYTES = 500_000 + (LOGOUTS - WARM_UP) * 100

interface Report {
  readonly usedBytes: number
  readonly failures: readonly string[]
}

test('thousands of logouts, 64 at a time, through node:http all succeed, and the backend’s memory does not grow', async () => {
  await using provider = await startEmulator()
  const { appId, appSecret } = provider.app
  const settings = JSON.stringify({ appId, appSecret, appHost: provider.appHost })
  const backend = fork(fileURLToPath(new URL('load-server.ts', import.meta.url)), [settings], {
    execArgv: ['--expose-gc'],
  })
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT })
  try {
    const [{ port }] = (await once(backend, 'message')) as [{ port: number }]
    const tokens = await provider.issueTokens(LOGOUTS)
    expect(provider.countActive()).toBe(LOGOUTS)

    const logOut = async (token: string): Promise<string> => {
      const origin = `http://127.0.0.1:${port}`
      const headers = { origin, 'x-logout-request': '1', cookie: `__Host-session=${token}`, 'content-length': '0' }
      const request = send(`${origin}/logout`, { method: 'POST', agent, headers }).end()
      const [answer] = await once(request, 'response')
      let body = ''
      for await (const chunk of answer) body += chunk
      return `${answer.statusCode} ${body}`
    }
    const answers = new Map<string, number>()
    const logOutAll = async (some: string[]): Promise<void> => {
      const left = some.values()
      const one = async (): Promise<void> => {
        for (const token of left) {
          const answer = await logOut(token)
          answers.set(answer, (answers.get(answer) ?? 0) + 1)
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, one))
    }

    await logOutAll(tokens.slice(0, WARM_UP))
    const first = await report(backend)
    await logOutAll(tokens.slice(WARM_UP))
    const last = await report(backend)

    expect(answers).toEqual(new Map([['200 {"status":"logged_out"}', LOGOUTS]]))
    expect(provider.countActive()).toBe(0)
    expect(last.failures).toEqual([])
    expect(last.usedBytes - first.usedBytes).toBeLessThan(GROWTH_BYTES)
  } finally {
    agent.destroy()
    backend.kill()
    await once(backend, 'exit')
  }
}, 240_000)

async function report(backend: ChildProcess): Promise<Report> {
  backend.send('report')
  const [message] = (await once(backend, 'message')) as [Report]
  return message
}
