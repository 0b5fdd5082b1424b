import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { LogoutClientOptions } from './options.ts'
import { resolveOptions } from './resolve-options.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

const genauth = { appId: 'app', appSecret: 'canary-secret', appHost: 'https://example.genauth.ai' }
const context = { appId: 'app', endpoint: 'revocation', url: 'https://x/', issuer: undefined, attempt: 1 } as const

describe('resolveOptions()', () => {
  test('fills in the defaults', () => {
    expect(resolveOptions(genauth)).toMatchObject({
      location: { kind: 'genauth', base: 'https://example.genauth.ai', protocol: 'oidc' },
      allowInsecureHttp: false,
      headers: {},
      limits: { timeoutMs: 10_000, deadlineMs: 30_000, retries: 2 },
      redirectUri: undefined,
      onEvent: undefined,
    })
  })

  test.each([
    ['an address with a slash at its end', 'https://example.genauth.ai/', 'https://example.genauth.ai'],
    ['an address with a path', 'https://example.com/auth//', 'https://example.com/auth'],
    ['a URL', new URL('https://example.genauth.ai'), 'https://example.genauth.ai'],
  ])('reads %s', (_what, appHost, base) => {
    expect(resolveOptions({ ...genauth, appHost }).location).toMatchObject({ base })
  })

  test("keeps the provider's spelling of an issuer, and accepts both spellings of a URL", () => {
    const issuerOf = (issuer: string | URL) => resolveOptions({ appId: 'app', issuer }).location
    expect(issuerOf('https://id.example.com')).toMatchObject({ kind: 'issuer', issuer: ['https://id.example.com'] })
    expect(issuerOf('https://id.example.com/')).toMatchObject({ kind: 'issuer', issuer: ['https://id.example.com/'] })
    expect(issuerOf(new URL('https://id.example.com'))).toMatchObject({
      kind: 'issuer',
      issuer: ['https://id.example.com/', 'https://id.example.com'],
    })
    const deep = new URL('https://id.example.com/tenant/')
    expect(issuerOf(deep)).toMatchObject({ issuer: [deep.href, deep.href] })
  })

  test('accepts individual endpoints', () => {
    const revocation = 'https://id.example.com/revoke'
    expect(resolveOptions({ appId: 'app', endpoints: { revocation } }).location).toEqual({
      kind: 'endpoints',
      endpoints: { revocation },
    })
    const introspection = new URL('https://id.example.com/introspect')
    const endSession = 'https://id.example.com/logout?x=1'
    expect(resolveOptions({ appId: 'app', endpoints: { revocation, introspection, endSession } }).location).toEqual({
      kind: 'endpoints',
      endpoints: { revocation, introspection: introspection.href, endSession },
    })
  })

  test.each([
    ['appHost with a secret', { ...genauth }, 'client_secret_post'],
    ['appHost without', { appId: 'app', appHost: genauth.appHost }, 'none'],
    [
      'endpoints with a secret',
      { appId: 'app', appSecret: 's', endpoints: { revocation: 'https://x/' } },
      'client_secret_basic',
    ],
    ['endpoints without', { appId: 'app', endpoints: { revocation: 'https://x/' } }, 'none'],
    ['issuer', { appId: 'app', appSecret: 's', issuer: 'https://x/' }, undefined],
    ['an explicit method', { ...genauth, clientAuth: 'client_secret_basic' }, 'client_secret_basic'],
    ['an explicit method with issuer', { appId: 'app', issuer: 'https://x/', clientAuth: 'none' }, 'none'],
  ])('chooses client authentication for %s', (_what, options, method) => {
    expect(resolveOptions(options as LogoutClientOptions).clientAuth?.method).toBe(method)
  })

  test('accepts a function for client authentication', async () => {
    const clientAuth = () => ({ body: { client_id: 'own' } })
    const resolved = resolveOptions({ ...genauth, clientAuth })
    expect(await resolved.clientAuth?.(context)).toEqual({ body: { client_id: 'own' } })
  })

  test('prefers logoutRedirectUri to redirectUri, and does not rewrite the address', () => {
    const redirectUri = 'https://APP.example.com'
    expect(resolveOptions({ ...genauth, redirectUri }).redirectUri).toBe(redirectUri)
    expect(resolveOptions({ ...genauth, redirectUri, logoutRedirectUri: 'myapp://out' }).redirectUri).toBe(
      'myapp://out',
    )
  })

  test('keeps none of the given objects', () => {
    const headers = { 'User-Agent': 'one' }
    const endpoints = { revocation: 'https://id.example.com/revoke' }
    const resolved = resolveOptions({ appId: 'app', endpoints, headers })
    headers['User-Agent'] = 'two'
    endpoints.revocation = 'https://evil.example.com'
    expect(resolved.headers).toEqual({ 'user-agent': 'one' })
    expect(JSON.stringify(resolved.location)).not.toContain('evil')
    expect(Object.isFrozen(resolved)).toBe(true)
  })

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing', undefined, /object/],
    ['null', null, /object/],
    ['text', 'https://example.genauth.ai', /object/],
    ['no appId', { appHost: genauth.appHost }, /appId/],
    ['an empty appId', { ...genauth, appId: '' }, /appId/],
    ['an appId that is not a string', { ...genauth, appId: 7 }, /appId/],
    ['an appId that is too long', { ...genauth, appId: 'x'.repeat(8193) }, /appId.*8192/],
    ['an appId that is broken text', { ...genauth, appId: '\ud800' }, /appId/],
    ['an empty appSecret', { ...genauth, appSecret: '' }, /appSecret/],
    ['an appSecret that is null', { ...genauth, appSecret: null }, /appSecret/],
    ['no provider', { appId: 'app' }, /appHost, issuer and endpoints/],
    ['two providers', { ...genauth, issuer: 'https://x/' }, /appHost, issuer and endpoints/],
    ['an empty appHost', { appId: 'app', appHost: '' }, /^appHost must be an absolute URL/],
    ['an empty issuer', { appId: 'app', issuer: '' }, /^issuer must be an absolute URL/],
    ['appHost with a query', { ...genauth, appHost: 'https://x/?canary' }, /appHost.*query/],
    ['appHost with an empty query', { ...genauth, appHost: 'https://x/?' }, /appHost.*query/],
    ['appHost over http', { ...genauth, appHost: 'http://x' }, /appHost.*https/],
    ['a protocol that is not known', { ...genauth, protocol: 'saml' }, /protocol/],
    ['an issuer with a query', { appId: 'app', issuer: 'https://x/?canary' }, /issuer.*query/],
    ['an issuer with an empty query', { appId: 'app', issuer: 'https://x?' }, /issuer.*query/],
    ['endpoints that are text', { appId: 'app', endpoints: 'https://x/' }, /endpoints/],
    ['no endpoint', { appId: 'app', endpoints: {} }, /endpoints.*revocation/],
    [
      'endpoints with a wrong one',
      { appId: 'app', endpoints: { revocation: 'https://x/', endSession: '/out' } },
      /endSession/,
    ],
    ['a method that is not known', { ...genauth, clientAuth: 'magic' }, /clientAuth.*magic/],
    ['a method that is not a string', { ...genauth, clientAuth: 7 }, /clientAuth/],
    [
      'a method without its secret',
      { appId: 'app', appHost: genauth.appHost, clientAuth: 'client_secret_post' },
      /appSecret/,
    ],
    ['fetch that is not a function', { ...genauth, fetch: {} }, /fetch/],
    ['transport without send', { ...genauth, transport: {} }, /transport\.send/],
    ['transport that is null', { ...genauth, transport: null }, /transport/],
    ['onEvent that is not a function', { ...genauth, onEvent: 'log' }, /onEvent/],
    ['allowInsecureHttp that is text', { ...genauth, allowInsecureHttp: 'false' }, /allowInsecureHttp/],
    ['a header of its own credential', { ...genauth, headers: { Authorization: 'canary' } }, /headers.*credential/],
    ['a redirectUri without a scheme', { ...genauth, redirectUri: '/out' }, /redirectUri must be an absolute URL/],
    [
      'a redirectUri that runs',
      { ...genauth, redirectUri: 'javascript:alert(1)' },
      /redirectUri must be an absolute URL/,
    ],
    [
      'a logoutRedirectUri that is too long',
      { ...genauth, logoutRedirectUri: `https://x/${'x'.repeat(2048)}` },
      /2048/,
    ],
    ['a redirectUri that is null', { ...genauth, redirectUri: null }, /redirectUri must be an absolute URL/],
  ]
  test.each(wrong)('refuses %s, and names it', async (_what, options, message) => {
    const error = await logoutErrorOf(() => createLogoutClient(options as LogoutClientOptions))
    expect(error).toMatchObject({ code: 'invalid_options', retryable: false })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('canary')
  })
})
