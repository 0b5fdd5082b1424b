import { expectTypeOf, test } from 'vitest'
import { createLogout, type Logout, type LogoutOptions, type LogoutRequest } from './index.ts'

test('no option of the page’s half can hold a client secret', () => {
  expectTypeOf<keyof LogoutOptions>().toEqualTypeOf<'endpoint' | 'timeoutMs'>()
  expectTypeOf<keyof LogoutRequest>().toEqualTypeOf<'token' | 'tokenTypeHint' | 'idTokenHint' | 'returnTo' | 'signal'>()
  expectTypeOf<Parameters<typeof createLogout>>().toEqualTypeOf<[LogoutOptions]>()
  expectTypeOf<Parameters<Logout['logout']>[0]>().toEqualTypeOf<LogoutRequest | undefined>()
  expectTypeOf<Logout['logoutAndRedirect']>().toEqualTypeOf<Logout['logout']>()

  // @ts-expect-error there is no such option
  createLogout({ endpoint: '/logout', appSecret: 'secret' })
  // @ts-expect-error there is no such option
  createLogout({ endpoint: '/logout', clientSecret: 'secret' })
  // @ts-expect-error nor in a request
  createLogout({ endpoint: '/logout' }).logout({ client_secret: 'secret' })
})
