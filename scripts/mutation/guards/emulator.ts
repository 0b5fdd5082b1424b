import { guardsIn, type Mutation } from '../mutation.ts'

/** The emulator stays at home. */
export const emulatorGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'It listens on loopback only',
      file: 'packages/emulator/src/options.ts',
      test: 'packages/emulator/src/start-emulator.test.ts',
    },
    [
      [
        'refuses to listen on another address',
        'if (!LOOPBACK_HOSTS.includes(settings.host)) {',
        'if (false) {',
        'an emulator refuses to listen on "%s"',
      ],
      [
        'listens on 127.0.0.1 by default',
        "host: '127.0.0.1',",
        "host: 'localhost',",
        'an emulator listens on a free port of 127.0.0.1',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Every endpoint refuses requests for another host',
      file: 'packages/emulator/src/own-address.ts',
      test: 'packages/emulator/src/own-address.test.ts',
    },
    [
      [
        'compares the host with its own names and port',
        'if (!own || hosts.length !== 1 ||',
        'if (hosts.length !== 1 ||',
        'a request to the host "%s" is refused',
      ],
      ['refuses two hosts', 'if (!own || hosts.length !== 1 ||', 'if (!own ||', 'a request with two hosts is refused'],
      [
        'also compares the host in the target',
        'const own = [...hosts, authority].every(',
        'const own = hosts.every(',
        'is refused if it is %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The control paths and the login form refuse foreign origins',
      file: 'packages/emulator/src/own-address.ts',
      test: 'packages/emulator/src/control.test.ts',
    },
    [
      [
        'refuses pages of other origins',
        'if (origin !== undefined && origin !== self) throw',
        'if (false) throw',
        'of the origin %s is refused',
      ],
      [
        'refuses pages of other sites',
        "if (site !== 'none' && site !== 'same-origin') throw",
        'if (false) throw',
        'that is %s is refused',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The control paths and the login form refuse foreign origins',
      file: 'packages/emulator/src/control.ts',
      test: 'packages/emulator/src/control.test.ts',
    },
    [
      [
        'requires JSON, which needs a preflight request',
        "if (type?.trim().toLowerCase() !== 'application/json') throw",
        'if (false) throw',
        'that posts as "%s", which needs no preflight, is refused',
      ],
      [
        'limits the body',
        'if (body.length > MAX_INPUT_BYTES) throw',
        'if (false) throw',
        'is refused once it exceeds 1 MiB, in large chunks or in small ones',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The control paths and the login form refuse foreign origins',
      file: 'packages/emulator/src/request-listener.ts',
      test: 'packages/emulator/src/own-address.test.ts',
    },
    [
      [
        'refuses forms of other origins at the login page',
        "if (request.method === 'POST' && request.url.startsWith(LOGIN_PATH)) address.refuseForeignPages(request)",
        '',
        'responds to a form with %j with %i',
      ],
    ],
  ),
]
