/** Misbehavior of a function of the application. It never settles, or settles immediately. */
export type Oddity = () => unknown

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** An object that throws on every access. */
export function trap(): object {
  const fail = (): never => {
    throw new Error('trap')
  }
  return new Proxy(() => {}, {
    get: fail,
    has: fail,
    ownKeys: fail,
    getPrototypeOf: fail,
    getOwnPropertyDescriptor: fail,
    apply: fail,
    set: fail,
    defineProperty: fail,
    isExtensible: fail,
    preventExtensions: fail,
  })
}

const getters = (): object => {
  const object = {}
  for (const name of [
    'accessToken',
    'refreshToken',
    'idToken',
    'expiresAt',
    'revoked',
    'tokens',
    'logoutUrl',
    'error',
  ]) {
    Object.defineProperty(object, name, {
      enumerable: true,
      get() {
        throw new Error(`${name} cannot be read`)
      },
    })
  }
  return object
}

const circular = (): object => {
  const object: Record<string, unknown> = {}
  object.tokens = [object]
  object.logoutUrl = object
  return object
}

const VALUES: Readonly<Record<string, Oddity>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  'a number': () => 42,
  'not a number': () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  'a bigint': () => 1n,
  'an empty string': () => '',
  'a string': () => 'text',
  'a string with control characters': () => '\u0000\r\nset-cookie: x=1',
  'half a character': () => '\ud800',
  'a symbol': () => Symbol('odd'),
  'a function': () => () => 'called',
  'a class': () => class {},
  'an empty object': () => ({}),
  'an object without a prototype': () => Object.create(null),
  'a circular object': circular,
  'an empty list': () => [],
  'a list of undefined': () => [undefined],
  'a list of lists': () => [[]],
  'a huge list': () => new Array(100_000).fill(null),
  'invalid headers': () => ({ 'bad name\n': 'x', 'x-ok': 'a\r\nb' }),
  'framing headers': () => ({ 'content-length': '1', 'transfer-encoding': 'chunked', 'content-encoding': 'gzip' }),
  'CORS headers': () => ({ 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' }),
  'tokens of other types': () => ({ accessToken: 42, refreshToken: {}, idToken: [], expiresAt: 'soon' }),
  'tokens that are traps': () => ({ accessToken: trap(), refreshToken: revoked(), idToken: trap() }),
  'a report of nothing': () => ({ revoked: false, tokens: [] }),
  'a report with traps': () => ({ revoked: false, tokens: [trap(), revoked()], logoutUrl: trap() }),
  'a report with getters': () => ({ revoked: false, tokens: [getters()] }),
  'a response': () => new Response('no'),
  'an error': () => new Error('returned'),
  'an invalid date': () => new Date(Number.NaN),
  getters,
  trap,
  'a revoked proxy': revoked,
}

const BEHAVIOURS: Readonly<Record<string, (value: unknown) => unknown>> = {
  returns: (value) => value,
  throws: (value) => {
    throw value
  },
  // biome-ignore lint/suspicious/noThenProperty: promises of other libraries are such objects
  'is a thenable that resolves to': (value) => ({ then: (done: (value: unknown) => void) => done(value) }),
  // biome-ignore lint/suspicious/noThenProperty: as above
  'is a thenable that rejects with': (value) => ({ then: (_: unknown, fail: (value: unknown) => void) => fail(value) }),
  'rejects with': (value) => Promise.reject(value),
}

const SPECIAL: Readonly<Record<string, Oddity>> = {
  hangs: () => new Promise(() => {}),
  // biome-ignore lint/suspicious/noThenProperty: as above
  'is a thenable that hangs': () => ({ then() {} }),
  'is a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: as above
    then() {
      throw new Error('then')
    },
  }),
  'has a then that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: as above
    get then() {
      throw new Error('get then')
    },
  }),
  'is a thenable that settles twice and then throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: as above
    then(done: (value: unknown) => void, fail: (error: unknown) => void) {
      done(undefined)
      fail(new Error('second'))
      throw new Error('third')
    },
  }),
  'rejects later': () => new Promise((_, fail) => setTimeout(() => fail(new Error('later')), 5)),
  'rejects after its time': () => new Promise((_, fail) => setTimeout(() => fail(new Error('too late')), 60)),
}

/** Every possible failure of a function, by a name that completes the sentence "it …". */
export const ODDITIES: readonly (readonly [name: string, Oddity])[] = [
  ...Object.entries(BEHAVIOURS).flatMap(([behavior, make]) =>
    Object.entries(VALUES).map(([name, value]) => [`${behavior} ${name}`, () => make(value())] as const),
  ),
  ...Object.entries(SPECIAL),
]
