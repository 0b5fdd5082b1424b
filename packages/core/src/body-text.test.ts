import { expect, test } from 'vitest'
import { bodyText } from './body-text.ts'
import { fetchTransport } from './fetch-transport.ts'

const GBK = Uint8Array.of(0xb3, 0xb7, 0xcf, 0xfa, 0xca, 0xa7, 0xb0, 0xdc)
const LATIN = Uint8Array.of(0x72, 0xe9, 0x76, 0x6f, 0x71, 0x75, 0xe9)
const UTF8 = new TextEncoder().encode('révoqué')

test.each([
  [GBK, 'application/json;charset=GBK', '撤销失败'],
  [GBK, 'text/plain; a=b; charset="gb2312"', '撤销失败'],
  [LATIN, 'text/plain; charset=ISO-8859-1', 'révoqué'],
  [UTF8, 'text/plain; charset=iso-8859-1', 'révoqué'],
  [GBK, 'text/plain; charset=ISO-8859-1', '\ufffd\ufffd\ufffd\ufffd\u02a7\ufffd\ufffd'],
  [Uint8Array.of(0xee, 0xf8, 0xe8, 0xe1, 0xea, 0xe0), 'text/plain; charset=windows-1251', 'ошибка'],
  [LATIN, 'text/plain; charset=shift_jis', 'r\ufffdvoqu\ufffd'],
  [UTF8, 'text/plain; charset=utf-8', 'révoqué'],
  [UTF8, null, 'révoqué'],
  [Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), undefined, 'a'],
  [LATIN, 'text/plain; charset=unheard-of', 'r\ufffdvoqu\ufffd'],
  [LATIN, 'text/plain; charset=UTF8', 'r\ufffdvoqu\ufffd'],
  [LATIN, `text/plain; charset=${'x'.repeat(10_000)}`, 'r\ufffdvoqu\ufffd'],
  [LATIN, null, 'r\ufffdvoqu\ufffd'],
])('the bytes %o as %s are %s', (bytes, contentType, text) => {
  expect(bodyText(bytes, contentType)).toBe(text)
})

test.each([{ 'content-length': '8' }, {}])('fetch returns text in the declared charset, with %o', async (length) => {
  const headers = { 'content-type': 'text/plain; charset=gbk', ...length }
  const transport = fetchTransport(async () => new Response(GBK, { headers }))
  const request = { method: 'POST', url: 'https://id.example.com/', headers: {}, body: '', maxBodyBytes: 100 } as const
  const answer = await transport.send({ ...request, signal: new AbortController().signal })
  expect(answer).toMatchObject({ body: '撤销失败', truncated: false })
})
