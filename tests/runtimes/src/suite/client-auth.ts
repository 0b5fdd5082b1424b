import { equal, ok, rejection } from './assert.ts'
import { type Application, freshProvider, isActive, issueTokens, type Provider, requests } from './desk.ts'
import type { Cases } from './host.ts'

/** Each method of client authentication. */
export function clientAuthCases({ test, jwt, client: { createLogoutClient, isLogoutError } }: Cases): void {
  type Options = Parameters<typeof createLogoutClient>[0]

  const methods: Record<string, [app: keyof Provider['apps'], options: (app: Application) => object]> = {
    client_secret_post: ['post', (app) => app],
    client_secret_basic: ['basic', (app) => ({ ...app, clientAuth: 'client_secret_basic' })],
    none: ['none', (app) => app],
    private_key_jwt: [
      'privateKeyJwt',
      ({ appId, privateKey = {} }) => ({ appId, clientAuth: jwt.privateKeyJwt(privateKey) }),
    ],
    client_secret_jwt: [
      'clientSecretJwt',
      ({ appId, appSecret = '' }) => ({ appId, clientAuth: jwt.clientSecretJwt(appSecret) }),
    ],
  }
  for (const [method, [name, options]] of Object.entries(methods)) {
    test(`clientAuth ${method} authenticates, and sends no other credential`, async () => {
      const { appHost, apps } = await freshProvider()
      const [token = ''] = await issueTokens(1, name)
      const { appId, appSecret, privateKey } = apps[name]
      const app = { appId, ...(appSecret !== undefined && { appSecret }), ...(privateKey && { privateKey }) }
      const client = createLogoutClient({ appHost, ...options(app) } as Options)
      equal(await client.revokeToken(token), true)
      equal(await isActive(token), false)
      equal(
        (await requests()).map(({ clientAuth }) => clientAuth),
        [[method]],
      )
    })
  }

  test('a wrong secret is client_auth_failed, and is not retried', async () => {
    const { appHost, apps } = await freshProvider()
    const appSecret = 'not the secret'
    const error = await rejection(createLogoutClient({ ...apps.post, appHost, appSecret }).revokeToken('some token'))
    ok(isLogoutError(error), 'not a LogoutError')
    equal(
      [error.code, error.status, error.providerError, error.attempts],
      ['client_auth_failed', 401, 'invalid_client', 1],
    )
    equal((await requests()).length, 1)
  })
}
