/** A provider in a separate process, which counts the requests. Argument: the format of its access tokens. */
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fault, type IssueTokensOptions, type NextFault, startEmulator } from '@backend-logout/emulator'
import { offer } from '../remote.ts'

const emulator = await startEmulator({ accessTokenFormat: process.argv[2] as 'jwt' | 'opaque' })
const issued: string[] = []
let revocations = 0

subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage }
  if (request.url?.endsWith('/token/revocation')) revocations++
})

export const functions = {
  where: () => ({ appHost: emulator.appHost, appId: emulator.app.appId, appSecret: emulator.app.appSecret as string }),
  async issue(count: number, options?: Omit<IssueTokensOptions, 'app'>): Promise<string[]> {
    const tokens = await emulator.issueTokens(count, options)
    issued.push(...tokens)
    return tokens
  },
  async signIn(user: string): Promise<{ accessToken: string; refreshToken: string }> {
    const { accessToken, refreshToken } = await emulator.signIn(user)
    issued.push(accessToken, refreshToken)
    return { accessToken, refreshToken }
  },
  /** The tokens that still work, by their position in all issued tokens. */
  async active(indexes: readonly number[]): Promise<number[]> {
    const active: number[] = []
    for (const index of indexes) if (await emulator.isActive(issued[index] as string)) active.push(index)
    return active
  },
  /** The number of these tokens that still work. */
  async countActiveOf(tokens: readonly string[]): Promise<number> {
    let count = 0
    for (const token of tokens) if (await emulator.isActive(token)) count++
    return count
  },
  /** Resolves when all of these tokens have stopped working. Each one is checked until then, and not again. */
  async untilInactive(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) while (await emulator.isActive(token)) await sleep(20)
  },
  /** The position of a token in all issued tokens. */
  indexOf: (token: string) => issued.indexOf(token),
  /** The number of revocation requests that arrived. */
  revocations: () => revocations,
  answerAlways: (fault: Fault) => emulator.answerAlways(fault),
  answerNext: (fault: NextFault) => emulator.answerNext(fault),
  reset: () => emulator.reset(),
}

offer(functions)
