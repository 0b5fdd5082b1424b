import { COOKIES, FORWARDED, FRAMING, HOSTS, METHODS, TARGETS } from './odd-values.ts'
import type { Random } from './random.ts'

/** The actions of a client on a connection, in order. */
export type Step = { readonly send: string } | { readonly waitMs: number } | { readonly end: 'finish' | 'reset' }

/** A request from an attacker. */
export interface HostileRequest {
  readonly steps: readonly Step[]
  /** True if the request must not succeed, even if it is changed on its way. */
  readonly foreign: boolean
  /** True if all of it is sent, so that a server has nothing to wait for. */
  readonly complete: boolean
}

/** A request before it is changed. */
export interface Draft {
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly foreign: boolean
  /** The changes that its body may undergo. */
  readonly bodies: readonly string[]
}

interface Changed {
  method: string
  target: string
  version: string
  headers: (readonly [name: string, value: string])[]
  body: string
  framing: 'length' | 'chunked' | 'as the headers say'
  complete: boolean
  readonly bodies: readonly string[]
}

type Mutation = (draft: Changed, random: Random) => void

const replace = (draft: Changed, name: string, value: string): void => {
  draft.headers = draft.headers.map((header) => (header[0] === name ? [name, value] : header))
}
const insert = (draft: Changed, random: Random, ...headers: (readonly [string, string])[]): void => {
  draft.headers.splice(random.below(draft.headers.length + 1), 0, ...headers)
}

const MUTATIONS: readonly Mutation[] = [
  (draft, random) => replace(draft, 'Host', random.pick(HOSTS)),
  (draft, random) => replace(draft, 'Host', `${random.pick(HOSTS)}:${random.below(100_000)}`),
  (draft, random) => replace(draft, 'Host', random.bytes(1 + random.below(30)).replace(/[\r\n]/g, '-')),
  (draft, random) => insert(draft, random, ['Host', random.pick(HOSTS)]),
  (draft) => {
    draft.headers = draft.headers.filter(([name]) => name !== 'Host')
  },
  (draft, random) => {
    draft.target = random.pick(TARGETS)
  },
  (draft, random) => {
    draft.target = `http://${random.pick(HOSTS)}${draft.target}`
  },
  (draft, random) => {
    draft.target = `/${random.bytes(1 + random.below(40)).replace(/[\r\n ]/g, '-')}`
  },
  (draft, random) => {
    draft.method = random.pick(METHODS)
    if (random.chance(0.5)) draft.target = random.pick(['*', 'attacker.test:443', draft.target])
  },
  (draft, random) => {
    draft.version = random.pick([
      'HTTP/1.0',
      'HTTP/1.2',
      'HTTP/2.0',
      'HTTP/0.9',
      'http/1.1',
      'HTTP/11',
      'HTTP/1.1 ',
      '',
    ])
  },
  (draft, random) => insert(draft, random, random.pick(FORWARDED), random.pick(FORWARDED), random.pick(FORWARDED)),
  (draft, random) => {
    insert(draft, random, random.pick(FRAMING))
    draft.complete = false
  },
  (draft, random) => {
    insert(draft, random, random.pick(FRAMING), random.pick(FRAMING))
    draft.framing = 'as the headers say'
    draft.complete = false
  },
  (draft, random) => replace(draft, 'Cookie', random.pick(COOKIES)),
  (draft, random) => insert(draft, random, ['Cookie', random.pick(COOKIES)]),
  (draft, random) => {
    draft.body = random.pick(draft.bodies)
    draft.framing = random.pick(['length', 'chunked'])
  },
  (draft, random) => {
    draft.body = random.bytes(random.below(2_000))
    draft.framing = random.pick(['length', 'chunked'])
  },
  // A flood of headers: many, long, or both.
  (draft, random) => {
    const length = random.pick([1, 10, 100, 4_000])
    const count = Math.min(random.pick([5, 90, 300, 3_000]), Math.ceil(40_000 / length))
    const flood = Array.from({ length: count }, (_, at) => [`X-Flood-${at}`, 'x'.repeat(length)] as const)
    insert(draft, random, ...flood)
  },
  (draft, random) => insert(draft, random, [random.bytes(5), random.bytes(20)]),
  (draft, random) => insert(draft, random, ['X-Logout-Request', random.pick(['1', '0', '', '1, 1'])]),
  (draft, random) => {
    if (draft.headers.length > 0) insert(draft, random, random.pick(draft.headers))
  },
  (draft, random) => {
    draft.headers.splice(random.below(draft.headers.length), 1)
  },
  (draft, random) => {
    if (draft.headers.length === 0) return
    const [name, value] = random.pick(draft.headers)
    insert(draft, random, [random.pick([`${name} `, ` ${name}`, name.toUpperCase(), `${name}\u0000`]), value])
  },
  (draft, random) => insert(draft, random, ['Sec-Purpose', random.pick(['prefetch', 'prefetch;prerender', '\u00ff'])]),
]

/** Creates one request: a valid one or the attacker's, with a few changes, and sent in an unusual manner. */
export function hostileRequest(random: Random, { foreign, ...given }: Draft): HostileRequest {
  const draft: Changed = {
    method: 'POST',
    version: 'HTTP/1.1',
    framing: 'length',
    complete: true,
    ...given,
    headers: [...given.headers],
  }
  for (let times = 1 + random.below(4); times > 0; times--) random.pick(MUTATIONS)(draft, random)
  // A server may wait for chunks in an older version, or for unusual line endings.
  const lineEnd = random.chance(0.05) ? '\n' : '\r\n'
  if (lineEnd === '\n' || draft.version !== 'HTTP/1.1') draft.complete = false
  const text = serialize(draft, lineEnd, random)
  const scrambled = random.chance(0.3)
  const { steps, whole } = deliver(scrambled ? scramble(text, random) : text, random)
  return { foreign, steps, complete: draft.complete && whole && !scrambled }
}

function serialize(draft: Changed, lineEnd: string, random: Random): string {
  const { method, target, version, headers, body, framing } = draft
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  let payload = body
  if (framing === 'length') lines.push(`Content-Length: ${body.length}`)
  if (framing === 'chunked') {
    lines.push('Transfer-Encoding: chunked')
    payload = chunks(body, random)
    const trailer = random.pick(['', '', '', 'X-Trailer: 1\r\n', 'Origin: http://127.0.0.1\r\n'])
    draft.complete = draft.complete && random.chance(0.9)
    payload += draft.complete
      ? `0\r\n${trailer}\r\n`
      : random.pick(['', '0\r\n', 'zz\r\n', '-1\r\n', 'ffffffffffffffff\r\n'])
  }
  return `${[`${method} ${target} ${version}`, ...lines].join(lineEnd)}${lineEnd}${lineEnd}${payload}`
}

function chunks(body: string, random: Random): string {
  let text = ''
  for (let at = 0; at < body.length; ) {
    // Small ones cost many bytes.
    const size = random.pick(at < 200 ? [1, 7, 1_000, 100_000] : [1_000, 100_000])
    const chunk = body.slice(at, at + size)
    text += `${chunk.length.toString(16)}${random.pick(['', '', ';x=y'])}\r\n${chunk}\r\n`
    at += size
  }
  return text
}

/** Changes some bytes at random positions. */
function scramble(text: string, random: Random): string {
  let result = text
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(result.length)
    const until = at + random.below(12)
    const [before, some, after] = [result.slice(0, at), result.slice(at, until), result.slice(until)]
    result = random.pick([
      () => before + random.bytes(1) + after,
      () => before + random.bytes(random.below(20)) + some + after,
      () => before + after,
      () => before + some + some + after,
      () => before + random.pick(['\r\n', '\n', '\r', '\u0000', ':', ' ', '\r\n\r\n']) + some + after,
    ])()
  }
  return result
}

function deliver(text: string, random: Random): { steps: Step[]; whole: boolean } {
  const cut = (): number => random.below(text.length + 1)
  const end = (): Step => ({ end: random.pick(['finish', 'reset']) })
  switch (random.below(10)) {
    // In pieces, as a slow client sends it.
    case 0: {
      const [first = 0, second = 0] = [cut(), cut()].sort((a, b) => a - b)
      const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)]
      return { steps: pieces.flatMap((send) => [{ send }, { waitMs: random.below(4) }]), whole: true }
    }
    // Half of it, then a disconnect.
    case 1:
      return { steps: [{ send: text.slice(0, cut()) }, { waitMs: random.below(4) }, end()], whole: false }
    // All of it, then a disconnect, at any step of the work that it started.
    case 2:
      return { steps: [{ send: text }, { waitMs: random.below(12) }, end()], whole: false }
    // Several on one connection, without waiting for a response.
    case 3:
      return { steps: [{ send: text.repeat(2 + random.below(3)) }], whole: true }
    // Half of it, and then another.
    case 4:
      return { steps: [{ send: text.slice(0, cut()) + text }], whole: false }
    default:
      return { steps: [{ send: text }], whole: true }
  }
}
