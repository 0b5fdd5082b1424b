import type { Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { inspect } from 'node:util'
import type { RevocationState } from '@backend-logout/core'
import { afterAll, expect } from 'vitest'
import { answer, stayAway, write } from './behaviors.ts'
import { json } from './catalog/bodies.ts'
import { createAuthority, inDays, selfSigned } from './certificates.ts'
import { type FaultServer, startFaultServer } from './fault-server.ts'
import { either, fails, type Row, succeeds } from './row.ts'
import { testRows } from './run-row.ts'

const trusted = await createAuthority('An authority that these tests trust')
const unknown = await createAuthority('An authority that nobody knows')

// This makes the expiry the reason for refusing an expired certificate, and not its issuer.
const known = getCACertificates('default')
setDefaultCACertificates([...known, trusted.cert])
afterAll(() => setDefaultCACertificates(known))

const good = await trusted.issue({ host: 'localhost' })
const fine = answer(json({ active: false }))

// These do not use TLS: their behavior replaces their part of the handshake.
const greeting = (then: (socket: Socket) => void): Promise<FaultServer> =>
  startFaultServer(stayAway, { onConnection: (socket) => socket.once('data', () => then(socket)) })
const plain = await greeting((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'))
const noise = await greeting((socket) => socket.end('220 mail.example ESMTP ready\r\n'))
const rude = await greeting((socket) => socket.resetAndDestroy())
const mute = await startFaultServer(stayAway)
afterAll(() => Promise.all([plain, noise, rude, mute].map((server) => server.close())))
const overTls = (origin: string): string => origin.replace('http://127.0.0.1', 'https://localhost')

/** Refused during connection setup: no request, and so no secret, is ever sent. */
const refused = (
  reason: string,
  state: RevocationState = 'live',
): Pick<Row, 'revocation' | 'introspection' | 'afterward'> => ({
  ...either(fails('network', { requests: 0, state })),
  afterward: (server, fates) => {
    expect(server.requests).toEqual([])
    for (const { error } of fates) expect(inspect(error, { depth: null, showHidden: true })).toContain(reason)
  },
})

/** `fetch` reports these in the same way as a later broken record, so only the transport of node can tell. */
const perhapsSent = expect.toBeOneOf(['live', 'unknown'])

testRows([
  { name: 'a valid certificate', behave: fine, server: { tls: good }, ...either(succeeds()) },
  {
    name: 'a certificate of an unknown issuer',
    behave: fine,
    server: { tls: await unknown.issue({ host: 'localhost' }) },
    ...refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  },
  {
    name: 'a self-signed certificate',
    behave: fine,
    server: { tls: await selfSigned('localhost') },
    ...refused('DEPTH_ZERO_SELF_SIGNED_CERT'),
  },
  {
    name: 'a certificate that has expired',
    behave: fine,
    server: { tls: await trusted.issue({ host: 'localhost', from: inDays(-3), until: inDays(-1) }) },
    ...refused('CERT_HAS_EXPIRED'),
  },
  {
    name: 'a certificate that is not valid yet',
    behave: fine,
    server: { tls: await trusted.issue({ host: 'localhost', from: inDays(1), until: inDays(3) }) },
    ...refused('CERT_NOT_YET_VALID'),
  },
  {
    name: 'a certificate for another host',
    behave: fine,
    server: { tls: await trusted.issue({ host: 'other.example' }) },
    ...refused('ERR_TLS_CERT_ALTNAME_INVALID'),
  },
  {
    name: 'a reset within the handshake',
    behave: fine,
    appHost: overTls(rude.origin),
    ...refused('ECONNRESET', perhapsSent),
  },
  {
    name: 'plain HTTP where TLS should be',
    behave: fine,
    appHost: overTls(plain.origin),
    ...refused('SSL', perhapsSent),
  },
  {
    name: 'something else where TLS should be',
    behave: fine,
    appHost: overTls(noise.origin),
    ...refused('SSL', perhapsSent),
  },
  {
    name: 'a handshake that never ends',
    behave: fine,
    appHost: overTls(mute.origin),
    ...either(fails('timeout', { requests: 0 })),
    limits: { timeoutMs: 200 },
  },
  {
    name: 'a connection that ends within the body without a close_notify',
    behave: write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nthat was', 'reset'),
    server: { tls: good },
    ...either(fails('network')),
  },
])
