import { expect, test } from 'vitest'
import { createReplayMemory } from './replays.ts'

test('the oldest tokens are forgotten first', () => {
  const replays = createReplayMemory(10)
  for (let n = 0; n < 20; n++) replays.add(`${n}`, Date.now() / 1000 + 60)
  expect([replays.has('0'), replays.has('19')]).toEqual([false, true])
})

test.each([Number(undefined), 0, -1, '7', null])(
  'a maximum that would not limit the memory is refused: %s',
  (maximum) => {
    expect(() => createReplayMemory(maximum as number)).toThrow(
      expect.objectContaining({ code: 'invalid_options', option: 'maxEntries' }),
    )
  },
)
