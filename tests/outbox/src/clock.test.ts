import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxEvent } from '@backend-logout/outbox'
import { expect, inject, test } from 'vitest'
import { newKey, startOutbox, startProvider, temporaryFolder } from './scene.ts'

test('a clock that jumps ahead loses no logout, even while the provider is down', async () => {
  await using provider = await startProvider()
  await using folder = await temporaryFolder(inject('template'))
  const events: OutboxEvent[] = []
  const options = {
    keys: [newKey('clock')],
    events: ['retry', 'expired', 'revoked'] as const,
    env: { CLOCK_JUMP_DAYS: '400', NODE_OPTIONS: `--import=${new URL('programs/clock-jump.ts', import.meta.url)}` },
  }
  await using outbox = await startOutbox(provider, folder.path, options, (told) => {
    if ('event' in told) events.push(told.event)
  })
  await outbox.ready
  const tokens = await provider.call('issue', 5, { accessTokenTtl: 3600 })
  await provider.call('answerAlways', { status: 503 })
  await outbox.call('addMany', tokens)
  await outbox.call('startWork', { untilEmpty: true })
  const countOf = (type: string): number => events.filter((event) => event.type === type).length
  while (countOf('retry') < 3) await sleep(10)

  outbox.kill('SIGUSR2')
  const before = countOf('retry')
  while (countOf('retry') < before + 2) await sleep(10)
  await provider.call('reset')
  expect(await outbox.call('finishWork')).toMatchObject({ revoked: 5, expired: 0 })
  expect(await provider.call('countActiveOf', tokens)).toBe(0)
})
