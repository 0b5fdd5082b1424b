import { expect, test } from 'vitest'
import { partOf } from './load-part.ts'
import { resolveOptions } from './resolve-options.ts'

const options = resolveOptions({ appId: 'app', endpoints: { revocation: 'http://127.0.0.1:9' }, timeoutMs: 50 })

test('a part is loaded once, and again after a failure', async () => {
  let loads = 0
  const load = partOf(async () => {
    if (++loads === 1) throw new Error('offline')
    return { loads }
  })
  await expect(load(options)).rejects.toMatchObject({ code: 'network', cause: { message: 'offline' } })
  expect(await load(options)).toEqual({ loads: 2 })
  expect(await load(options)).toEqual({ loads: 2 })
})

test('a part that never arrives ends the wait at the time limit', async () => {
  const load = partOf(() => new Promise<never>(() => {}))
  await expect(load(options)).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining('Nothing was sent'),
  })
})
