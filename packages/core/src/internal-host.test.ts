import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInternal, isLoopback } from './internal-host.ts'

const hostname = (host: string): string => new URL(`https://${host}`).hostname

/** By what they are, in all the ways in which a URL may write them. */
const INTERNAL: Record<string, readonly string[]> = {
  'this machine': ['127.0.0.1', '127.255.255.254', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '[::1]'],
  'no address in particular': ['0.0.0.0', '0', '[::]', '0.1.2.3'],
  'private addresses': ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '167772161'],
  'shared addresses': ['100.64.0.1', '100.100.1.1', '100.127.255.255'],
  'link-local addresses': ['169.254.169.254', '0xa9fea9fe', '[fe80::1]', '[febf::1]'],
  'addresses for protocols and measurements': ['192.0.0.170', '198.18.0.1', '198.19.255.255'],
  'multicast and reserved addresses': ['224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255', '[ff02::1]'],
  'unique local addresses': ['[fc00::1]', '[fd12:3456::1]', '[fec0::1]'],
  'IPv4 inside IPv6, whatever the address': [
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::c0a8:1]',
    '[64:ff9b:1::808:808]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::8.8.8.8]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[2002:7f00:1::]',
    '[2002:a00:1::1]',
    '[2001::1]',
    '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  ],
  'names of this machine': [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    'localhost.localdomain',
    'localhost..',
  ],
  'names inside a network': [
    'keycloak',
    'metadata',
    'metadata.google.internal',
    'printer.local',
    'router.lan',
    'nas.home.arpa',
    'wiki.intranet',
    'id.internal.',
    'sso.corp',
    'id.private',
    'nas.home',
    'kubernetes.default.svc',
    'vault.vault.svc.cluster.local',
    'vault.service.consul',
    'registry.docker',
    'id.intra',
    'id.test',
    '127.0.0.1..',
  ],
}

const PUBLIC = [
  'id.example.com',
  'localhost.example.com',
  'internal.example.com',
  'example.locals',
  '8.8.8.8',
  '1.0.0.1',
  '11.0.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '126.255.255.255',
  '128.0.0.1',
  '169.253.1.1',
  '169.255.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.1.1',
  '192.169.1.1',
  '192.0.1.1',
  '198.17.1.1',
  '198.20.1.1',
  '223.255.255.255',
  '[2606:4700:4700::1111]',
  '[2001:4860:4860::8888]',
  '[2001:1::1]',
  '[3fff:fff::1]',
  '10.example.com',
  '127.0.0.1.example.com',
]

describe('isInternal()', () => {
  test.each(Object.entries(INTERNAL).flatMap(([what, hosts]) => hosts.map((host) => [what, host])))(
    'recognizes %s: %s',
    (_what, host) => {
      expect(isInternal(hostname(host as string))).toBe(true)
    },
  )

  test.each(PUBLIC)('treats %s as public', (host) => {
    expect(isInternal(hostname(host))).toBe(false)
  })

  test('accepts any host that a URL may have', () => {
    const host = fc.oneof(
      fc.ipV4Extended(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.domain(),
      fc.string(),
    )
    fc.assert(
      fc.property(host, (given) => {
        const url = URL.parse(`https://${given}`)
        if (url) expect(typeof isInternal(url.hostname)).toBe('boolean')
      }),
    )
  })
})

test('isLoopback() recognizes this machine, but no host that only resembles it', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]'])
    expect(isLoopback(host)).toBe(true)
  for (const host of ['localhost.example.com', '128.0.0.1', '0.0.0.0', '10.0.0.1', '[::]', 'id.local']) {
    expect(isLoopback(host)).toBe(false)
  }
})
