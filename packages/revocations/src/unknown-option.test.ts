import { afterAll, expect, test } from 'vitest'
import { followRevocations, isRevocationError, revocationFeed } from './index.ts'
import { createCheckHandler, createRevocationFeedHandler, openRevocationLog } from './server/index.ts'

const url = 'https://feed.example.com/revocations'
const log = await openRevocationLog({ store: { memory: true } })
afterAll(() => log.close())

const list = { check: () => 'valid' as const }
const verify = (): undefined => undefined
const authorize = (): boolean => true
const entry = { iss: 'https://id.example.com', jti: 'a', until: 4_000_000_000 }

test.each<[name: string, call: (options: object) => unknown, options: object, names: string]>([
  [
    'followRevocations',
    (o) => followRevocations({ source: log, ...o }),
    { maxStaleness: 1 },
    'source, maxStalenessMs, issuerAliases, maxEntries, onEvent',
  ],
  [
    'revocationFeed',
    (o) => revocationFeed(url, o),
    { tiemout: 1 },
    'authorization, timeoutMs, fetch, allowInsecureHttp',
  ],
  [
    'openRevocationLog',
    (o) => openRevocationLog({ store: { memory: true }, ...o }),
    { appendTimeout: 1 },
    'store, appendTimeoutMs, pageEntries, onEvent',
  ],
  [
    'store',
    (o) => openRevocationLog({ store: { postgres: 'postgres://localhost/app', ...o } }),
    { shcema: 'a' },
    'postgres, schema, maxConnections, ssl',
  ],
  ['store', (o) => openRevocationLog({ store: { memory: true, ...o } }), { schema: 'a' }, 'folder or memory'],
  [
    'createCheckHandler',
    (o) => createCheckHandler({ list, verify, ...o }),
    { tokenof: 1 },
    'list, verify, tokenOf, onEvent',
  ],
  [
    'createRevocationFeedHandler',
    (o) => createRevocationFeedHandler({ log, authorize, ...o }),
    { max: 1 },
    'log, authorize, maxOpen, onEvent',
  ],
])('%s() refuses an option that does not exist', async (_name, call, options, names) => {
  const thrown = await (async () => call(options))().catch((error: unknown) => error)
  expect(thrown).toSatisfy(isRevocationError)
  expect(thrown).toMatchObject({ code: 'invalid_options', message: `The options are ${names}.` })
})

test('append() also refuses one, and stores nothing', async () => {
  const appended = log.append(entry, { transaction: undefined, ...{ tx: 1 } })
  await expect(appended).rejects.toMatchObject({
    code: 'invalid_argument',
    message: 'The only option here is transaction.',
  })
  const { entries } = await log.read({ waitMs: 0, signal: AbortSignal.timeout(5_000) })
  expect(entries).toEqual([])
})

test('undefined counts as absent, and so does null in place of options', async () => {
  await using again = await openRevocationLog({ store: { memory: true }, ...{ tiemout: undefined } })
  await again.append(entry, { transaction: undefined, ...{ tx: undefined } })
  await again.append(entry, null as never)
})
