import { expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { environmentVariables, optionsFromEnvironment } from './environment.ts'

const complete: Record<string, string> = {
  AUTHING_APP_ID: 'app',
  AUTHING_APP_SECRET: 'canary-secret',
  AUTHING_APP_HOST: 'https://example.genauth.ai',
}
const from = (env: Record<string, string>) => ({ read: (name: string) => env[name] })

test('optionsFromEnvironment() completes what is missing, and lets options come first', () => {
  expect(optionsFromEnvironment(from({ ...complete, AUTHING_APP_ID: ' app\n' }))).toMatchObject({
    appId: 'app',
    appSecret: 'canary-secret',
    appHost: 'https://example.genauth.ai',
  })
  const endpoints = { revocation: 'https://id.example.com/revoke' }
  const options = optionsFromEnvironment(from(complete), { appId: 'x', endpoints, retries: 0 })
  expect(options).toMatchObject({ appId: 'x', appSecret: 'canary-secret', endpoints, retries: 0 })
  expect(() => createLogoutClient(options)).not.toThrow()
})

test('optionsFromEnvironment() reads no variables but those that it names', () => {
  const asked = new Set<string>()
  const read = (name: string): string | undefined => {
    asked.add(name)
    if (name === 'AUTHING_APP_HOST') return undefined
    if (name === 'AUTHING_APP_ISSUER') return 'https://id.example.com'
    return name.endsWith('_FILE') ? 'a file' : name === 'AUTHING_APP_SECRET' ? undefined : complete[name]
  }
  expect(optionsFromEnvironment({ read, readFile: () => 'from a file\n' }).appSecret).toBe('from a file')
  expect([...asked].sort()).toEqual(environmentVariables().sort())
})

test('a file is only read by who can', () => {
  const env = { ...complete, AUTHING_APP_SECRET: '', AUTHING_APP_SECRET_FILE: 'a file' }
  expect(() => optionsFromEnvironment(from(env))).toThrow('AUTHING_APP_SECRET is not set')
  expect(() => optionsFromEnvironment({ ...from(env), readFile: () => ' ' })).toThrow(
    'AUTHING_APP_SECRET_FILE names a file that is empty',
  )
})

test.each<[string, Record<string, string>]>([
  ['AUTHING_APP_ID is not set', { AUTHING_APP_ID: '' }],
  ['AUTHING_APP_HOST is not set', { AUTHING_APP_HOST: ' ' }],
  ['AUTHING_APP_SECRET is not set', { AUTHING_APP_SECRET: '' }],
  ['AUTHING_APP_SECRET is not set', { AUTHING_APP_SECRET: '', AUTHING_APP_CLIENT_AUTH: 'client_secret_basic' }],
  ['only one of AUTHING_APP_HOST and AUTHING_APP_ISSUER', { AUTHING_APP_ISSUER: 'https://id.example.com' }],
])('optionsFromEnvironment() says %s', (message, change) => {
  expect(() => optionsFromEnvironment(from({ ...complete, ...change }))).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
  )
})

test('no secret is needed for a public client, nor with a certificate', () => {
  const env = { ...complete, AUTHING_APP_SECRET: '' }
  expect(optionsFromEnvironment(from({ ...env, AUTHING_APP_CLIENT_AUTH: 'none' })).clientAuth).toBe('none')
  expect(optionsFromEnvironment({ ...from(env), hasCertificate: true }).appSecret).toBeUndefined()
})

test('endpointHosts comes from the environment, together with an issuer alone', () => {
  const env = { ...complete, AUTHING_APP_ENDPOINT_HOSTS: 'a.example.com, b.example.com:8443' }
  const issuer = 'https://id.example.com'
  const pinned = { issuer, endpointHosts: ['a.example.com', 'b.example.com:8443'] }
  expect(optionsFromEnvironment(from({ ...env, AUTHING_APP_HOST: '', AUTHING_APP_ISSUER: issuer }))).toMatchObject(
    pinned,
  )
  expect(optionsFromEnvironment(from(env), { issuer })).toMatchObject(pinned)
  expect(optionsFromEnvironment(from(env), { issuer, endpointHosts: [] })).toMatchObject({ endpointHosts: [] })
  expect(optionsFromEnvironment(from(env))).not.toHaveProperty('endpointHosts')
  expect(() => createLogoutClient(optionsFromEnvironment(from(env), { issuer }))).not.toThrow()
})
