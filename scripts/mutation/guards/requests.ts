import type { Mutation } from '../mutation.ts'

/** Requests go to the endpoint that was named. */
export const requestGuards: readonly Mutation[] = [
  {
    promise: 'https only, except on loopback',
    guard: 'An address with a user name or password is refused',
    file: 'packages/core/src/endpoint-url.ts',
    find: 'if (url.username || url.password)',
    replace: 'if (false)',
    test: { file: 'packages/core/src/endpoint-url.test.ts', name: 'refuses %s, and names the option' },
  },
  {
    promise: 'https only, except on loopback',
    guard: 'A fragment is refused',
    file: 'packages/core/src/endpoint-url.ts',
    find: "if (url.hash || String(value).includes('#'))",
    replace: 'if (url.hash)',
    test: { file: 'packages/core/src/endpoint-url.test.ts', name: 'refuses %s, and names the option' },
  },
]
