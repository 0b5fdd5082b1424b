import { expectTypeOf, test } from 'vitest'
import { type BrowserLogout, type BrowserLogoutOptions, type BrowserLogoutRequest, createLogout } from './index.ts'

test('no option of the page’s side can hold a client secret', () => {
  expectTypeOf<keyof BrowserLogoutOptions>().toEqualTypeOf<'endpoint' | 'timeoutMs'>()
  expectTypeOf<keyof BrowserLogoutRequest>().toEqualTypeOf<
    'token' | 'tokenTypeHint' | 'idTokenHint' | 'returnTo' | 'state' | 'signal'
  >()
  expectTypeOf<Parameters<typeof createLogout>>().toEqualTypeOf<[BrowserLogoutOptions]>()
  expectTypeOf<Parameters<BrowserLogout['logout']>[0]>().toEqualTypeOf<BrowserLogoutRequest | undefined>()
  expectTypeOf<BrowserLogout['logoutAndRedirect']>().toEqualTypeOf<BrowserLogout['logout']>()

  // @ts-expect-error there is no such option
  createLogout({ endpoint: '/logout', appSecret: 'secret' })
  // @ts-expect-error there is no such option
  createLogout({ endpoint: '/logout', clientSecret: 'secret' })
  // @ts-expect-error nor in a request
  createLogout({ endpoint: '/logout' }).logout({ client_secret: 'secret' })
})
