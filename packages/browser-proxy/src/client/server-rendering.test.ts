import { expect, test } from 'vitest'
import { createLogout, isLogoutProxyError } from './index.ts'

// Next, SvelteKit, Nuxt and React Router run the modules of a page on the server as well.
test('the client module can be created during server rendering, and uses no browser API until it is called', async () => {
  const touched: PropertyKey[] = []
  const names = ['location', 'BroadcastChannel', 'fetch', 'document', 'window', 'navigator'] as const
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
  for (const name of names) {
    Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) })
  }
  try {
    const { logout, onLogout } = createLogout({ endpoint: '/logout' })
    expect(touched).toEqual([])
    await expect(logout()).rejects.toSatisfy((error) => isLogoutProxyError(error) && error.code === 'invalid_options')
    expect(() => onLogout(() => {})).toThrow('endpoint must be on the origin of the page.')
  } finally {
    for (const [index, name] of names.entries()) {
      Reflect.deleteProperty(globalThis, name)
      const descriptor = before[index]
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    }
  }
})
