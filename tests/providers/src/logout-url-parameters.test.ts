import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { byBrowserProxy, createClient, runProgram } from './surfaces.ts'

const endpoints = (origin: string) => ({ revocation: `${origin}/revoke`, endSession: `${origin}/logout?tenant=1` })
const extraParameters = { logout_uri: 'https://app.example.com/?a=b&c', ui_locales: 'de fr', federated: true } as const
const expected =
  '?tenant=1&client_id=app&logout_uri=https%3A%2F%2Fapp.example.com%2F%3Fa%3Db%26c&ui_locales=de+fr&federated'

describeBehavior('logout-url-parameters', () => {
  test.each(['core', 'node'] as const)(
    'extraParameters of logout() and buildLogoutUrl(), through %s',
    async (library) => {
      await using provider = await startStandIn({ '/revoke': {} })
      const client = createClient(library, { origin: '', location: { endpoints: endpoints(provider.origin) } })
      expect(client.buildLogoutUrl({ extraParameters }).search).toBe(expected)
      const { logoutUrl, logoutForm } = await client.logout({ accessToken: 'a-token' }, { extraParameters })
      expect(logoutUrl?.search).toBe(expected)
      expect(logoutForm?.fields).toEqual({ client_id: 'app', ...extraParameters, federated: '' })
      expect(() => client.buildLogoutUrl({ extraParameters: { client_id: 'other' } })).toThrow(/client_id/)
    },
  )

  test('extraParameters of the handler, for all requests or for one, through browser-proxy', async () => {
    await using provider = await startStandIn({ '/revoke': {} })
    const setup = { origin: '', location: { endpoints: endpoints(provider.origin) } }
    for (const given of [extraParameters, async () => extraParameters]) {
      const { answer, status } = await byBrowserProxy(setup, { extraParameters: given })
      expect([status, new URL(String(answer.logout_url)).search]).toEqual(['logged_out', expected])
    }
  })

  test('--parameter, through the command line', async () => {
    const { stdout, stderr } = await runProgram(
      [
        'logout-url',
        ...Object.entries(extraParameters).flatMap(([name, value]) => [
          '--parameter',
          value === true ? name : `${name}=${value}`,
        ]),
      ],
      {
        AUTHING_APP_ID: 'app',
        AUTHING_APP_CLIENT_AUTH: 'none',
        AUTHING_APP_END_SESSION_ENDPOINT: 'https://id.example.com/logout?tenant=1',
      },
    )
    expect(stdout.trim(), stderr).toBe(`https://id.example.com/logout${expected}`)
  })
})
