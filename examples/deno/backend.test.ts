import { deepEqual, equal, match } from 'node:assert/strict'
import { createLogoutClient } from '@backend-logout/deno'
import { startEmulator } from '@backend-logout/emulator'
import * as oidc from 'openid-client'
import { createBackend } from './backend.ts'

Deno.test('a user signs in and logs out, and the provider no longer honors the tokens', async () => {
  let handle: Deno.ServeHandler = () => new Response()
  const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, (request, info) => handle(request, info))
  const origin = `http://127.0.0.1:${server.addr.port}`
  await using emulator = await startEmulator({ redirectUris: [`${origin}/callback`] })
  const { appId, appSecret = '' } = emulator.app
  using client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost })
  const provider = await oidc.discovery(new URL(emulator.issuer), appId, undefined, oidc.ClientSecretPost(appSecret), {
    execute: [oidc.allowInsecureRequests],
  })
  handle = createBackend({ origin, provider, client })

  const browse = createBrowser()
  match(await browse(`${origin}/`), /You are signed out/)
  match(await browse(`${origin}/sign-in`), /asks you to sign in/)
  match(await browse('', { method: 'POST', body: new URLSearchParams({ login: 'alice' }) }), /You are signed in/)
  equal(emulator.countActive() > 0, true)

  // A page of another site cannot do this.
  match(await browse(`${origin}/logout`, { method: 'POST' }), /"status":403/)
  match(await browse(`${origin}/`), /You are signed in/)

  const answer = await browse(`${origin}/logout`, {
    method: 'POST',
    headers: { 'X-Logout-Request': '1', origin, 'sec-fetch-site': 'same-origin' },
  })
  equal(JSON.parse(answer).status, 'logged_out')
  match(await browse(`${origin}/`), /You are signed out/)
  deepEqual(
    emulator.tokens().filter(({ active }) => active),
    [],
  )
  await server.shutdown()
})

/** Navigates from page to page with its cookies; a form without an address goes to the current page. */
function createBrowser(): (url: string, init?: RequestInit) => Promise<string> {
  const cookies = new Map<string, string>()
  let location = ''
  return async (url, init = {}) => {
    let request: RequestInit = init
    location = url || location
    for (;;) {
      const headers = new Headers(request.headers)
      headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '))
      const response = await fetch(location, { ...request, headers, redirect: 'manual' })
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        if (value === '' || /max-age=0/i.test(cookie)) cookies.delete(name)
        else cookies.set(name, value)
      }
      const target = response.headers.get('location')
      const text = await response.text()
      if (target === null) return text
      location = new URL(target, location).href
      request = {}
    }
  }
}
