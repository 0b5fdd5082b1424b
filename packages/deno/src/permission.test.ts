import { deepEqual, equal } from 'node:assert/strict'
import { runDeno } from './testing/run-deno.ts'

const report = `catch (error) {
  const { name, code, retryable, attempts, message, cause } = error
  console.log(JSON.stringify({ name, code, retryable, attempts, message, cause: cause?.name }))
}`

Deno.test('revokeToken() without permission for the network names the flag, and does not retry', async () => {
  const { stdout } = await runDeno(`
    import { createLogoutClient } from './mod.ts'
    const attempts = []
    const onEvent = (event) => event.type === 'attempt' && attempts.push(event)
    const client = createLogoutClient({ appId: 'app', appHost: 'http://127.0.0.1:4433', onEvent })
    try { await client.revokeToken('a token to revoke') } ${report}
    console.log(attempts.length)
  `)
  const [error = '', attempts] = stdout.trim().split('\n')
  deepEqual(JSON.parse(error), {
    name: 'LogoutError',
    code: 'invalid_options',
    retryable: false,
    message: 'A request to 127.0.0.1:4433 needs a permission: run Deno with --allow-net=127.0.0.1:4433.',
    cause: 'NotCapable',
  })
  equal(attempts, '0')
})

Deno.test('logout() without permission for the network reports both tokens as live, and does not throw', async () => {
  const { stdout } = await runDeno(`
    import { createLogoutClient } from './mod.ts'
    const client = createLogoutClient({ appId: 'app', appHost: 'https://id.example.com' })
    const { revoked, tokens } = await client.logout({ accessToken: 'access token', refreshToken: 'refresh token' })
    console.log(revoked, ...tokens.map(({ state, error }) => state + ' ' + error.message))
  `)
  const told = 'live A request to id.example.com needs a permission: run Deno with --allow-net=id.example.com.'
  equal(stdout.trim(), `false ${told} ${told}`)
})

Deno.test('discovery without permission for the network also names the flag', async () => {
  const { stdout } = await runDeno(`
    import { createLogoutClient } from './mod.ts'
    const client = createLogoutClient({ appId: 'app', issuer: 'https://id.example.com' })
    try { await client.revokeToken('a token to revoke') } ${report}
  `)
  const { code, message, retryable } = JSON.parse(stdout)
  deepEqual([code, retryable], ['discovery_failed', false])
  equal(/run Deno with --allow-net=id\.example\.com\./.test(message), true, message)
})

Deno.test('createLogoutClient() with a proxy that is not permitted names the flag for the proxy', async () => {
  const { stdout } = await runDeno(`
    import { createLogoutClient } from './mod.ts'
    const proxy = 'http://user:password@127.0.0.1:3128'
    try { createLogoutClient({ appId: 'app', appHost: 'https://id.example.com', proxy }) } ${report}
  `)
  deepEqual(JSON.parse(stdout), {
    name: 'LogoutError',
    code: 'invalid_options',
    retryable: false,
    message: 'The proxy 127.0.0.1:3128 needs a permission: run Deno with --allow-net=127.0.0.1:3128.',
    cause: 'NotCapable',
  })
})

Deno.test('importing the package requires no permission, and prints nothing', async () => {
  deepEqual(await runDeno("import './mod.ts'"), { code: 0, stdout: '', stderr: '' })
})
