import { guardsIn, type Mutation } from '../mutation.ts'

/** Requests go to the endpoint that was named. */
export const requestGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'https only, except on loopback',
      file: 'packages/core/src/endpoint-url.ts',
      test: 'packages/core/src/endpoint-url.test.ts',
    },
    [
      ['refuses http to other hosts', "url.protocol === 'https:' ||", 'true ||', 'refuses %s, and names the option'],
      [
        'refuses a user name or password',
        'if (url.username || url.password)',
        'if (false)',
        'refuses %s, and names the option',
      ],
      [
        'refuses a fragment',
        "if (url.hash || String(value).includes('#'))",
        'if (false)',
        'refuses %s, and names the option',
      ],
      [
        'limits allowInsecureHttp to http',
        "(url.protocol === 'http:' && (allowInsecureHttp || isLoopback(url.hostname)))",
        '(allowInsecureHttp || isLoopback(url.hostname))',
        'accepts http to other hosts if allowed, but no other scheme',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No redirect is followed',
      file: 'packages/core/src/fetch-transport.ts',
      test: 'tests/faults/src/redirects.test.ts',
    },
    [
      [
        'tells fetch not to follow redirects',
        "redirect: 'manual'",
        "redirect: 'follow'",
        '%s refuses a %i to %s and sends nothing there',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Certificates are verified',
      file: 'packages/node/src/pools.ts',
      test: 'tests/faults/src/tls.test.ts',
    },
    [
      [
        'leaves the verification of certificates on',
        'buildConnector({ ...tls, allowH2: false })',
        'buildConnector({ ...tls, allowH2: false, rejectUnauthorized: false })',
        'a certificate of an unknown issuer',
      ],
      [
        'leaves the comparison of host names on',
        'buildConnector({ ...tls, allowH2: false })',
        'buildConnector({ ...tls, allowH2: false, checkServerIdentity: () => undefined })',
        'a certificate for another host',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Certificates are verified',
      file: 'packages/node/src/connections.ts',
      test: 'packages/node/src/tls.test.ts',
    },
    [
      [
        'refuses a text that is not a certificate, which Node.js treats as an empty list',
        "includes('-----BEGIN ')",
        "includes('')",
        'refuses %s',
      ],
      ['requires certificate and key together', 'if (Boolean(cert) !== Boolean(key))', 'if (false)', 'refuses %s'],
    ],
  ),
  ...guardsIn(
    {
      promise: '`@backend-logout/node` uses TLS 1.2 or later',
      file: 'packages/node/src/connections.ts',
      test: 'packages/node/src/tls.test.ts',
    },
    [
      [
        'sets the minimum version, whatever the default of the process',
        "export const MIN_TLS_VERSION = 'TLSv1.2'",
        "export const MIN_TLS_VERSION = 'TLSv1'",
        'uses TLS 1.2 or later, whatever the defaults of the process',
      ],
      [
        'refuses an option with an older version',
        "if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3')",
        'if (false)',
        'refuses %s',
      ],
      [
        'refuses options of Node.js that turn checks off',
        "refuseUnknownOption(given, TLS, hints, 'tls.')",
        'void hints',
        'refuses %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Metadata of another issuer is refused',
      file: 'packages/core/src/discovery.ts',
      test: 'packages/core/src/discovery.test.ts',
    },
    [
      [
        'compares the stated issuer with the configured one',
        'if (!issuers.includes(metadata.issuer)) {',
        'if (false) {',
        'refuses a document of %s, and sends no token',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Metadata leads from https to https only',
      file: 'packages/core/src/metadata-url.ts',
      test: 'packages/core/src/metadata-url.test.ts',
    },
    [
      [
        'keeps metadata from https on https',
        "if (url.protocol !== 'https:' && own.protocol === 'https:')",
        'if (false)',
        'keeps an issuer on https from leading to http on %s',
      ],
      [
        'keeps metadata from the Internet on the Internet',
        ': isInternal(own.hostname) || !isInternal(url.hostname)',
        ': true',
        'keeps an issuer on the Internet from leading to %s',
      ],
      [
        'compares the hosts with endpointHosts',
        '? url.host === own.host || endpointHosts.includes(url.host)',
        '? true',
        'with endpointHosts %j, %s is allowed: %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Metadata leads from https to https only',
      file: 'packages/core/src/internal-host.ts',
      test: 'packages/core/src/internal-host.test.ts',
    },
    [
      [
        'treats an IPv6 address as internal unless the Internet routes it',
        "if (host.startsWith('[')) return !PUBLIC_IPV6.test(host)",
        "if (host.startsWith('[')) return host === '[::1]'",
        '[::ffff:127.0.0.1]',
      ],
      ['ignores trailing dots', "hostname.replace(/\\.+$/, '')", 'hostname', 'isInternal()'],
      [
        'recognizes private IPv4 addresses',
        'return INTERNAL_NAME.test(host) || INTERNAL_IPV4.test(host)',
        'return INTERNAL_NAME.test(host)',
        'isInternal()',
      ],
      [
        'recognizes names of local networks',
        'return INTERNAL_NAME.test(host) || INTERNAL_IPV4.test(host)',
        'return INTERNAL_IPV4.test(host)',
        'isInternal()',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A proxy only gets a tunnel and its own credentials',
      file: 'packages/node/src/tunnel.ts',
      test: 'packages/node/src/tunnel.test.ts',
    },
    [
      [
        'completes TLS with the provider inside the tunnel',
        'if (secure) connect(',
        'if (false) connect(',
        "the provider's certificate is verified as usual",
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A proxy only gets a tunnel and its own credentials',
      file: 'packages/node/src/tunnel.ts',
      test: 'packages/node/src/tunnel.https.test.ts',
    },
    [
      [
        "checks an https proxy's certificate for its own name",
        "servername: /^[\\d.]+$|^\\[/.test(url.hostname) ? '' : url.hostname,",
        '',
        'needs a certificate %s of its own, not of the provider',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A proxy only gets a tunnel and its own credentials',
      file: 'packages/node/src/proxy.ts',
      test: 'packages/node/src/proxy.test.ts',
    },
    [
      [
        'does not send plain http to proxies on other machines',
        "return target.protocol === 'https:' || allowInsecureHttp || isLoopback(checked.url.hostname) ? checked : undefined",
        'return checked',
        'proxyFor() %s',
      ],
      [
        'refuses credentials that cannot be decoded without repeating them',
        'return invalidOption(name, "must have its user and password percent-encoded; write \'%\' as %25.")',
        'return invalidOption(name, `must not be ${password}`)',
        'the credentials %s, which cannot be decoded, are refused where they are, and not repeated',
      ],
    ],
  ),
]
