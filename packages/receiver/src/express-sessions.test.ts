import { expect, test } from 'vitest'
import { expressSessions } from './express-sessions.ts'

test('expressSessions() reads and ends sessions through the callbacks of a store', async () => {
  const sessions = new Map<string, { tokens?: { accessToken: string } }>([
    ['1', { tokens: { accessToken: 'a' } }],
    ['2', {}],
  ])
  const store = {
    get: (id: string, done: (error: unknown, session?: unknown) => void) => done(null, sessions.get(id)),
    destroy: (id: string, done: (error?: unknown) => void) =>
      sessions.delete(id) ? done() : done(id === 'broken' ? new Error('down') : null),
  }
  const { tokens, end } = expressSessions<{ tokens?: { accessToken: string } }>(store, (session) => session.tokens)
  expect(await tokens?.('1')).toEqual({ accessToken: 'a' })
  expect(await tokens?.('2')).toBeUndefined()
  expect(await tokens?.('3')).toBeUndefined()
  await end('1')
  await end('1')
  await expect(end('broken')).rejects.toThrow('down')
  expect([...sessions.keys()]).toEqual(['2'])
})
