import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { type StandIn, startStandIn } from './stand-in.ts'
import { byBrowserProxy, createClient, runProgram } from './surfaces.ts'

const idToken = `e30.${'a'.repeat(18_000)}.c2ln`
// Node.js' HTTP server refuses a request with more than 16 kB of headers and URL, with 431.
const start = (): Promise<StandIn> => startStandIn({ '/revoke': {}, '/end': {} })
const locationOf = ({ origin }: StandIn) => ({
  endpoints: { revocation: `${origin}/revoke`, endSession: `${origin}/end` },
})

/** Posts a form as a browser does, and returns the provider's response and the received form. */
async function post(provider: StandIn, { action, fields }: { action: string | URL; fields: Record<string, string> }) {
  const { status } = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) })
  return [status, Object.fromEntries(provider.to('/end').at(-1)?.form ?? [])]
}

describeBehavior('id-token-missing-or-too-long', () => {
  test.each(['core', 'node'] as const)('without one, client_id names the application, through %s', async (library) => {
    await using provider = await start()
    const client = createClient(library, { origin: '', location: locationOf(provider) })
    const redirectUri = 'https://app.example.com/'
    const { logoutUrl } = await client.logout({ accessToken: 'a-token' }, { redirectUri, state: 's' })
    expect(Object.fromEntries(logoutUrl?.searchParams ?? [])).toEqual({
      post_logout_redirect_uri: redirectUri,
      state: 's',
      client_id: 'app',
    })
  })

  test('without one, client_id names the application, through browser-proxy', async () => {
    await using provider = await start()
    const returnTo = 'https://app.example.com/bye'
    const setup = { origin: '', location: locationOf(provider) }
    const { answer } = await byBrowserProxy(setup, { returnTo: [returnTo] }, { return_to: returnTo, state: 's' })
    expect(Object.fromEntries(new URL(String(answer.logout_url)).searchParams)).toEqual({
      post_logout_redirect_uri: returnTo,
      state: 's',
      client_id: 'app',
    })
  })

  test.each(['core', 'node'] as const)('one that is too long for a URL is posted, through %s', async (library) => {
    await using provider = await start()
    const client = createClient(library, { origin: '', location: locationOf(provider) })
    const { logoutUrl, logoutForm } = await client.logout({ accessToken: 'a-token', idToken })
    expect((await fetch(String(logoutUrl))).status).toBe(431)
    if (!logoutForm) throw new Error('no form')
    expect(await post(provider, logoutForm)).toEqual([200, { id_token_hint: idToken, client_id: 'app' }])
    expect(client.buildLogoutForm({ idToken })).toEqual(logoutForm)
  })

  test('one that is too long for a URL is posted, through browser-proxy', async () => {
    await using provider = await start()
    const { answer } = await byBrowserProxy({ origin: '', location: locationOf(provider), idToken })
    const form = answer.logout_form as { action: string; fields: Record<string, string> }
    expect(await post(provider, form)).toEqual([200, { id_token_hint: idToken, client_id: 'app' }])
  })

  test('one that is too long for a URL is posted, through the command line', async () => {
    await using provider = await start()
    const folder = await mkdtemp(join(tmpdir(), 'id-token-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'id-token.txt')
    await writeFile(file, idToken, { mode: 0o600 })
    const env = {
      AUTHING_APP_ID: 'app',
      AUTHING_APP_CLIENT_AUTH: 'none',
      AUTHING_APP_END_SESSION_ENDPOINT: `${provider.origin}/end`,
    }
    const command = ['logout-url', '--id-token-file', file]
    const { stdout, stderr } = await runProgram([...command, '--form', '--json'], env)
    const { form } = JSON.parse(stdout) as { form: Parameters<typeof post>[1] }
    expect(await post(provider, form), stderr).toEqual([200, { id_token_hint: idToken, client_id: 'app' }])
    expect((await runProgram(command, env)).stderr).toMatch(/use --form/)
    expect((await runProgram([...command, '--form'], env)).stdout).toMatch(/^<form method="post" action="http:/)
  })
})
