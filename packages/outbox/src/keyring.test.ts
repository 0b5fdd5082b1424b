import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { createKeyring, readAbout } from './keyring.ts'

const first = { kid: 'first', key: new Uint8Array(32).fill(1) }
const second = { kid: 'second', key: Buffer.alloc(32, 2).toString('base64url') }

describe('createKeyring()', () => {
  test('gives back what it sealed, and shows only what it was told to show', async () => {
    const keyring = await createKeyring([first])
    const sealed = await keyring.seal({ access_token: 'the-token' }, { at: 5 })
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'first',
      typ: 'backend-logout+jwe',
      at: 5,
    })
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('the-token')
    expect(await keyring.unseal(sealed)).toEqual({ ok: true, secret: { access_token: 'the-token' } })
  })

  test('writes with the first key and reads with each', async () => {
    const before = await createKeyring([first])
    const after = await createKeyring([second, first])
    expect(await after.unseal(await before.seal('x', {}))).toEqual({ ok: true, secret: 'x' })
    const sealed = await after.seal('y', {})
    expect(readAbout(sealed)).toMatchObject({ kid: 'second' })
    expect(await before.unseal(sealed)).toEqual({ ok: false, code: 'unknown_key' })
  })

  test('takes the same key as bytes, as base64url and as base64', async () => {
    const bytes = Buffer.alloc(32, 0xfb)
    const sealed = await (await createKeyring([{ kid: 'a', key: bytes }])).seal('x', {})
    for (const key of [bytes.toString('base64url'), bytes.toString('base64')]) {
      expect(await (await createKeyring([{ kid: 'a', key }])).unseal(sealed)).toEqual({ ok: true, secret: 'x' })
    }
  })

  test('notices another key by the same name', async () => {
    const sealed = await (await createKeyring([first])).seal('x', {})
    const other = await createKeyring([{ kid: 'first', key: new Uint8Array(32).fill(9) }])
    expect(await other.unseal(sealed)).toEqual({ ok: false, code: 'undecryptable' })
  })

  test('notices when what is readable was changed', async () => {
    const keyring = await createKeyring([first])
    const sealed = await keyring.seal('x', { at: 5 })
    const header = { ...decodeProtectedHeader(sealed), at: 6 }
    const changed = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...sealed.split('.').slice(1)].join('.')
    expect(await keyring.unseal(changed)).toEqual({ ok: false, code: 'undecryptable' })
  })

  test.each(['', 'nonsense', 'a.b.c.d.e'])('does not fail on %j', async (sealed) => {
    expect(await (await createKeyring([first])).unseal(sealed)).toEqual({ ok: false, code: 'undecryptable' })
    expect(readAbout(sealed)).toBeUndefined()
  })

  test.each([
    ['a short key', [{ kid: 'a', key: new Uint8Array(16) }], 'encryptionKeys[0].key must be 32 bytes'],
    ['text as a key', [{ kid: 'a', key: 'a password, perhaps' }], 'encryptionKeys[0].key must be 32 bytes'],
    ['no kid', [{ key: first.key }], 'encryptionKeys[0].kid'],
    ['the same kid twice', [first, { ...second, kid: 'first' }], 'two keys with the kid first'],
  ])('refuses %s', async (_, keys, message) => {
    await expect(createKeyring(keys as never)).rejects.toMatchObject({
      name: 'OutboxError',
      code: 'invalid_options',
      message: expect.stringContaining(message),
    })
  })
})
