import { createLogoutClient } from '@backend-logout/core'
import { describe, expect, test } from 'vitest'
import { openOutbox } from './open-outbox.ts'
import { resolveOptions } from './options.ts'

const encryptionKeys = [{ kid: 'a', key: new Uint8Array(32) }]

describe('resolveOptions()', () => {
  test.each([
    ['./folder', { kind: 'embedded', folder: './folder' }],
    [{ folder: '/a/folder' }, { kind: 'embedded', folder: '/a/folder' }],
    [{ folder: new URL('file:///a%20folder') }, { kind: 'embedded', folder: '/a folder' }],
    [{ memory: true }, { kind: 'embedded', folder: undefined }],
    ['postgres://host/db', { kind: 'postgres', address: { hosts: [{ host: 'host' }] } }],
    ['host=a,b dbname=db', { kind: 'postgres', address: { hosts: [{ host: 'a' }, { host: 'b' }] } }],
    ['postgresql://host/db', { kind: 'postgres' }],
    [
      { postgres: 'postgres://host/db', schema: 'mine' },
      { kind: 'postgres', schema: 'mine' },
    ],
  ] as const)('parses the store %j', (store, expected) => {
    expect(resolveOptions({ store, encryptionKeys }).store).toMatchObject(expected)
  })

  test.each([
    ['no store', { store: undefined }, 'store must be'],
    ['an empty path', { store: '' }, 'store must be'],
    ['an address of something else', { store: 'mysql://host/db' }, 'store must be'],
    ['an address in quotes', { store: '"postgres://me:hunter2@host/db"' }, 'without quotes'],
    ['a folder on another machine', { store: { folder: new URL('file://host/x') } }, 'store.folder must be a path'],
    ['the URL of no file', { store: { folder: new URL('https://host/x') } }, 'store.folder must be a path'],
    ['two stores', { store: { memory: true, folder: 'x' } }, 'store must be'],
    ['memory that is not', { store: { memory: false } }, 'store must be'],
    ['a schema with a quote', { store: { postgres: 'postgres://h/d', schema: 'a"b' } }, 'store.schema'],
    ['a schema that becomes a text', { store: { postgres: 'postgres://h/d', schema: null } }, 'store.schema'],
    ['a single connection', { store: { postgres: 'postgres://h/d', maxConnections: 1 } }, 'store.maxConnections'],
    ['an invalid client', { client: {} }, 'client'],
    ['an empty name of the provider', { provider: '' }, 'provider'],
    ['an endless name of the provider', { provider: 'x'.repeat(1001) }, 'provider'],
    ['a maximum of zero', { maxAgeMs: 0 }, 'maxAgeMs'],
    ['no refusals', { maxRefusals: 0 }, 'maxRefusals'],
    ['a value that is not a function', { onEvent: 'log' }, 'onEvent'],
  ])('refuses %s', (_, options, message) => {
    expect(() => resolveOptions({ store: './x', encryptionKeys, ...options } as never)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
    )
  })

  test('takes the provider from the client, unless one is given', () => {
    const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
    const resolve = (options: object) => resolveOptions({ store: './x', encryptionKeys, ...options }).provider
    expect(resolve({ client })).toBe('app https://example.genauth.ai')
    expect(resolve({ client, provider: 'mine' })).toBe('mine')
    expect(resolve({})).toBeUndefined()
    expect(resolve({ client: { logout: client.logout } })).toBeUndefined()
  })

  test('does not repeat the password of an address that it cannot parse', () => {
    const store = { postgres: 'postgres://user:hunter2@host:notaport/db' }
    expect(() => resolveOptions({ store, encryptionKeys })).toThrow(/^(?!.*hunter2).*postgres:\/\/ address/)
  })

  test.each([{ kid: 'a', key: new Uint8Array(32) }, new Set([{ kid: 'a', key: new Uint8Array(32) }]), 'a key', true])(
    'refuses keys that are not a list, which would make a throw-away key (%j)',
    (keys) => {
      for (const store of ['./x', { memory: true }] as const) {
        expect(() => resolveOptions({ store, encryptionKeys: keys as never })).toThrow('must be a list of { kid, key }')
      }
    },
  )

  test.each([{}, { encryptionKeys: [] }])('refuses to store tokens unencrypted (%j)', async (options) => {
    await expect(openOutbox({ store: '/nowhere/outbox', ...options })).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('encryptionKeys is required'),
    })
  })
})
