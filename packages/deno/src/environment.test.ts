import { deepEqual, equal, ok } from 'node:assert/strict'
import { ENVIRONMENT_VARIABLES } from '@backend-logout/core'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { runDeno } from './testing/run-deno.ts'

const NAMES = Object.keys(ENVIRONMENT_VARIABLES)
const allowEnv = `--allow-env=${NAMES}`
const report = 'catch (error) { console.log(error.code, error.message) }'

/** Revokes with a client of this environment, and returns the outcome. */
async function revoke(env: Record<string, string>, options = '', flags: readonly string[] = []): Promise<string> {
  const program = `
    import { createLogoutClientFromEnv } from './mod.ts'
    try {
      using client = createLogoutClientFromEnv(${options})
      console.log(await client.revokeToken('a token that nobody knows'))
    } ${report}
  `
  const unset = Object.fromEntries(NAMES.map((name) => [name, '']))
  const { stdout, stderr } = await runDeno(program, [allowEnv, ...flags], { ...unset, ...env })
  return `${stdout}${stderr}`.trim()
}

const allowNet = (emulator: Emulator): string[] => [`--allow-net=${new URL(emulator.appHost).host}`]

Deno.test('createLogoutClientFromEnv() revokes at GenAuth', async () => {
  await using emulator = await startEmulator()
  const { appId, appSecret = '' } = emulator.apps.basic
  const env = {
    AUTHING_APP_ID: ` ${appId}\n`,
    AUTHING_APP_SECRET: appSecret,
    AUTHING_APP_HOST: emulator.appHost,
    AUTHING_APP_PROTOCOL: 'oauth',
    AUTHING_APP_CLIENT_AUTH: 'client_secret_basic',
  }
  equal(await revoke(env, '', allowNet(emulator)), 'true')
  deepEqual(
    emulator.requests.map(({ path, clientAuth }) => [path, ...clientAuth]),
    [['/oauth/token/revocation', 'client_secret_basic']],
  )
})

Deno.test('createLogoutClientFromEnv() finds another provider by its issuer, and supports a public client', async () => {
  await using emulator = await startEmulator()
  const env = {
    AUTHING_APP_ID: emulator.apps.none.appId,
    AUTHING_APP_ISSUER: emulator.issuer,
    AUTHING_APP_CLIENT_AUTH: 'none',
  }
  equal(await revoke(env, '', allowNet(emulator)), 'true')
  deepEqual(emulator.requests.at(-1)?.clientAuth, ['none'])
})

Deno.test('createLogoutClientFromEnv() prefers its options to the environment', async () => {
  await using emulator = await startEmulator()
  const { appId, appSecret } = emulator.app
  const env = { AUTHING_APP_ID: appId, AUTHING_APP_SECRET: 'not this', AUTHING_APP_HOST: 'https://not-this.test' }
  const options = JSON.stringify({ appSecret, issuer: emulator.issuer })
  equal(await revoke(env, options, allowNet(emulator)), 'true')
})

Deno.test('createLogoutClientFromEnv() reads the secret from a file, or names the permission for that', async () => {
  await using emulator = await startEmulator()
  const { appId, appSecret = '' } = emulator.app
  const file = await Deno.makeTempFile()
  try {
    await Deno.writeTextFile(file, `${appSecret}\n`)
    const env = { AUTHING_APP_ID: appId, AUTHING_APP_HOST: emulator.appHost, AUTHING_APP_SECRET_FILE: file }
    equal(await revoke(env, '', [...allowNet(emulator), `--allow-read=${file}`]), 'true')
    equal(
      await revoke(env),
      `invalid_options The file that AUTHING_APP_SECRET_FILE names needs a permission: run Deno with --allow-read=${file}.`,
    )
    await Deno.writeTextFile(file, '\n')
    equal(await revoke(env, '', ['-R']), 'invalid_options AUTHING_APP_SECRET_FILE names a file that is empty.')
  } finally {
    await Deno.remove(file)
  }
})

Deno.test('each option of tls and pool overrides only its own variable', async () => {
  const app = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'secret', AUTHING_APP_HOST: 'https://id.example.com' }
  const certificate = { ...app, AUTHING_APP_CERT_FILE: '/nowhere/cert', AUTHING_APP_KEY_FILE: '/nowhere/key' }
  const authorities = { ...app, AUTHING_APP_CA_FILE: '/nowhere/ca' }
  for (const [env, options, expected] of [
    [certificate, { tls: { caCerts: 'x' } }, /AUTHING_APP_CERT_FILE names cannot be read/],
    [certificate, { tls: { cert: 'x', key: 'y' } }, / tls\.cert /],
    [authorities, { tls: { cert: 'x', key: 'y' } }, /AUTHING_APP_CA_FILE names cannot be read/],
    [{ ...app, AUTHING_APP_POOL_MAX_IDLE: 'x' }, { pool: { idleTimeoutMs: 5 } }, /AUTHING_APP_POOL_MAX_IDLE/],
  ] as const) {
    const told = await revoke(env, JSON.stringify(options), ['-R'])
    ok(expected.test(told), told)
  }
})

Deno.test('createLogoutClientFromEnv() names missing and superfluous variables', async () => {
  const app = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'secret', AUTHING_APP_HOST: 'https://id.example.com' }
  const wrong: [Record<string, string>, RegExp][] = [
    [{ ...app, AUTHING_APP_ID: '' }, /^invalid_options AUTHING_APP_ID is not set/],
    [{ ...app, AUTHING_APP_HOST: ' ' }, /^invalid_options AUTHING_APP_HOST is not set/],
    [{ ...app, AUTHING_APP_SECRET: '' }, /^invalid_options AUTHING_APP_SECRET is not set/],
    [
      { ...app, AUTHING_APP_ISSUER: 'https://id.example.com' },
      /^invalid_options Set only one of AUTHING_APP_HOST, AUTHING_APP_ISSUER and/,
    ],
    [{ ...app, AUTHING_APP_SECRET_FILE: 'x' }, /^invalid_options Set only one of AUTHING_APP_SECRET and/],
  ]
  for (const [env, expected] of wrong) {
    const told = await revoke(env)
    equal(expected.test(told), true, told)
  }
})

Deno.test('createLogoutClientFromEnv() without permission names all the variables that it may read', async () => {
  const program = `
    import { createLogoutClientFromEnv } from './mod.ts'
    try { createLogoutClientFromEnv() } ${report}
  `
  for (const flags of [[], ['--allow-env=AUTHING_APP_ID,AUTHING_APP_HOST']]) {
    const { stdout } = await runDeno(program, flags)
    equal(stdout.trim(), `invalid_options Reading the environment needs a permission: run Deno with ${allowEnv}.`)
  }
})

Deno.test('createLogoutClientFromEnv() reads the settings of the pool', async () => {
  await using emulator = await startEmulator()
  const { appId, appSecret = '' } = emulator.app
  const env = { AUTHING_APP_ID: appId, AUTHING_APP_SECRET: appSecret, AUTHING_APP_HOST: emulator.appHost }
  const pool = { AUTHING_APP_POOL_MAX_IDLE: '2', AUTHING_APP_POOL_IDLE_TIMEOUT_MS: '500' }
  equal(await revoke({ ...env, ...pool }, '', allowNet(emulator)), 'true')
  // An unused permission cannot be wrong, so these show that the variables arrive.
  const zero = await revoke({ ...env, AUTHING_APP_POOL_IDLE_TIMEOUT_MS: '0' }, '', allowNet(emulator))
  ok(zero.startsWith('invalid_options pool.idleTimeoutMs must be'), zero)
  const text = await revoke({ ...env, AUTHING_APP_POOL_MAX_IDLE: 'many' }, '', allowNet(emulator))
  equal(text, 'invalid_options AUTHING_APP_POOL_MAX_IDLE must be a whole number.')
  equal(
    await revoke({ ...env, AUTHING_APP_POOL_MAX_IDLE: 'many' }, '{ pool: { maxIdle: 1 } }', allowNet(emulator)),
    'true',
  )
})
