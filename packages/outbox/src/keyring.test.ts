import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { readJweHeader } from './jwe.ts'
import { createKeyring } from './keyring.ts'

const first = { kid: 'first', key: new Uint8Array(32).fill(1) }
const second = { kid: 'second', key: Buffer.alloc(32, 2).toString('base64url') }

describe('createKeyring()', () => {
  test('opens what it sealed, and leaves only the chosen part readable', () => {
    const keyring = createKeyring([first])
    const sealed = keyring.seal({ access_token: 'the-token' }, { at: 5 })
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'first',
      typ: 'backend-logout+jwe',
      at: 5,
    })
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('the-token')
    expect(keyring.unseal(sealed)).toMatchObject({ ok: true, secret: { access_token: 'the-token' } })
  })

  test('writes with the first key and reads with all of them', () => {
    const before = createKeyring([first])
    const after = createKeyring([second, first])
    expect(after.unseal(before.seal('x', {}))).toMatchObject({ ok: true, secret: 'x' })
    const sealed = after.seal('y', {})
    expect(readJweHeader(sealed)).toMatchObject({ kid: 'second' })
    expect(before.unseal(sealed)).toMatchObject({ ok: false, code: 'unknown_key', about: { kid: 'second' } })
  })

  test('accepts the same key as bytes, as base64url and as base64', () => {
    const bytes = Buffer.alloc(32, 0xfb)
    const sealed = createKeyring([{ kid: 'a', key: bytes }]).seal('x', {})
    for (const key of [bytes.toString('base64url'), bytes.toString('base64')]) {
      expect(createKeyring([{ kid: 'a', key }]).unseal(sealed)).toMatchObject({ ok: true, secret: 'x' })
    }
  })

  test('is compatible with jose in both directions', async () => {
    const keyring = createKeyring([first])
    const read = await compactDecrypt(keyring.seal({ word: 'naïve' }, { at: 5 }), first.key)
    expect(JSON.parse(new TextDecoder().decode(read.plaintext))).toEqual({ word: 'naïve' })
    expect(read.protectedHeader).toMatchObject({ kid: 'first', at: 5 })
    const written = new CompactEncrypt(new TextEncoder().encode('{"word":"naïve"}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'first', typ: 'backend-logout+jwe' })
      .encrypt(first.key)
    expect(keyring.unseal(await written)).toMatchObject({ ok: true, secret: { word: 'naïve' } })
  })

  test('never uses an initialization vector twice', () => {
    const keyring = createKeyring([first])
    const ivs = Array.from({ length: 1000 }, () => keyring.seal('x', {}).split('.')[2])
    expect(new Set(ivs).size).toBe(1000)
  })

  test.each([0, 2, 3, 4])('detects a change of part %i', (part) => {
    const keyring = createKeyring([first])
    const parts = keyring.seal('some text', {}).split('.')
    const bytes = Buffer.from(parts[part] ?? '', 'base64url')
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2)
    expect(keyring.unseal(parts.with(part, bytes.toString('base64url')).join('.'))).toMatchObject({ ok: false })
  })

  test.each([{ crit: ['exp'] }, { zip: 'DEF' }, { alg: 'none' }, { enc: 'A128GCM' }])(
    'refuses a header with %j, even if it was encrypted with the key',
    (header) => {
      const keyring = createKeyring([first])
      expect(keyring.unseal(keyring.seal('x', header))).toMatchObject({ ok: false, code: 'undecryptable' })
    },
  )

  test('refuses what is longer than two tokens can be', () => {
    const keyring = createKeyring([first])
    expect(keyring.unseal(keyring.seal('\u0001'.repeat(131_072), {}))).toMatchObject({ ok: true })
    expect(keyring.unseal(keyring.seal('x'.repeat(3_000_000), {}))).toMatchObject({ ok: false })
  })

  test('requires the complete authentication tag', () => {
    const keyring = createKeyring([first])
    const parts = keyring.seal('some text', {}).split('.')
    const short = Buffer.from(parts[4] ?? '', 'base64url')
      .subarray(0, 4)
      .toString('base64url')
    expect(keyring.unseal(parts.with(4, short).join('.'))).toMatchObject({ ok: false, code: 'undecryptable' })
  })

  test('detects another key with the same name', () => {
    const sealed = createKeyring([first]).seal('x', {})
    const other = createKeyring([{ kid: 'first', key: new Uint8Array(32).fill(9) }])
    expect(other.unseal(sealed)).toMatchObject({ ok: false, code: 'undecryptable' })
  })

  test('detects a change of the readable part', () => {
    const keyring = createKeyring([first])
    const sealed = keyring.seal('x', { at: 5 })
    const header = { ...decodeProtectedHeader(sealed), at: 6 }
    const changed = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...sealed.split('.').slice(1)].join('.')
    expect(keyring.unseal(changed)).toMatchObject({ ok: false, code: 'undecryptable' })
  })

  test.each(['', 'nonsense', 'a.b.c.d.e'])('handles %j without failing', (sealed) => {
    expect(createKeyring([first]).unseal(sealed)).toMatchObject({ ok: false, code: 'undecryptable' })
    expect(readJweHeader(sealed)).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['a list', ['a']],
    ['a number', 7],
    ['names of the language', JSON.parse('{"__proto__":{"alg":"dir"},"constructor":1}')],
  ])('rejects data that is sealed with %s', (_, header) => {
    const sealed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}..a.b.c`
    expect(createKeyring([first]).unseal(sealed)).toMatchObject({ ok: false, code: 'undecryptable' })
  })

  test.each([{ toString: 1 }, ['first'], null, undefined, 7])('has no key named %j', (kid) => {
    const header = { alg: 'dir', enc: 'A256GCM', typ: 'backend-logout+jwe', kid }
    const sealed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}..a.b.c`
    expect(createKeyring([first]).unseal(sealed)).toMatchObject({ ok: false, code: 'unknown_key' })
  })

  test.each([
    ['a short key', [{ kid: 'a', key: new Uint8Array(16) }], 'encryptionKeys[0].key must be 32 bytes'],
    ['text as a key', [{ kid: 'a', key: 'a password, perhaps' }], 'encryptionKeys[0].key must be 32 bytes'],
    ['no kid', [{ key: first.key }], 'encryptionKeys[0].kid'],
    ['the same kid twice', [first, { ...second, kid: 'first' }], 'two keys with the kid first'],
  ])('refuses %s', (_, keys, message) => {
    expect(() => createKeyring(keys as never)).toThrow(
      expect.objectContaining({
        name: 'OutboxError',
        code: 'invalid_options',
        message: expect.stringContaining(message),
      }),
    )
  })
})
