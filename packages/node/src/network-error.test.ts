import { expect, test } from 'vitest'
import { describe as describeFailure, networkError } from './network-error.ts'

const failure = (message: string, details: object) => Object.assign(new Error(message), details)

test.each([
  ['a code that the message has', failure('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' }), '127.0.0.1:1'],
  ['a code that the message lacks', failure('other side closed', { code: 'UND_ERR_SOCKET' }), '(UND_ERR_SOCKET)'],
  ['no code', failure('it broke', {}), 'it broke'],
  [
    'a lack of file descriptors',
    failure('connect EMFILE 127.0.0.1:1 - Local (undefined:undefined)', { code: 'EMFILE' }),
    'connect EMFILE 127.0.0.1:1: this process has too many files and connections open; raise its limit (ulimit -n), or lower the concurrency',
  ],
  ['an expired certificate', failure('certificate has expired', { code: 'CERT_HAS_EXPIRED' }), 'is not valid now'],
])('describe() ends with the relevant part for %s', (_what, error, end) => {
  expect(describeFailure(error)).toMatch(new RegExp(`${end.replace(/[().]/g, '\\$&')}$`))
})

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', "the proxy's certificate is not trusted"],
  ['ERR_TLS_CERT_ALTNAME_INVALID', "the proxy's certificate is for another name"],
  [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'the proxy may ask for a client certificate, which only the provider gets',
  ],
])('describe() gives advice for a proxy with the code %s', (code, advice) => {
  const text = describeFailure(failure('failed', { code, reason: 'failed' }), 'proxy')
  expect(text).toContain(`failed (${code}): ${advice}`)
})

test('describe() names the failure of each address of a host', () => {
  const attempts = ['::1', '127.0.0.1'].map((host) =>
    failure(`connect ECONNREFUSED ${host}:1`, { code: 'ECONNREFUSED' }),
  )
  const all = Object.assign(new AggregateError(attempts), { code: 'ECONNREFUSED' })
  expect(describeFailure(all)).toBe('connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1')
})

test('describe() omits the source location of an OpenSSL error', () => {
  const message = '40FD:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:rec.c:918:'
  const code = 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'
  const text = describeFailure(failure(message, { code, reason: 'ssl/tls alert handshake failure' }))
  expect(text).toMatch(/^ssl\/tls alert handshake failure \(\w+\): the provider may ask for a client certificate/)
})

test('describe() describes anything', () => {
  expect(describeFailure(new Error(''))).toBe('the connection failed')
})

test('networkError() keeps only the code, as everything else may contain a secret', () => {
  const error = networkError(failure('reset', { code: 'ECONNRESET', headers: 'canary' }), true)
  expect({ ...error }).toEqual({ code: 'ECONNRESET', unsent: false })
  expect({ ...networkError(new Error('no code'), false) }).toEqual({ unsent: true })
})
