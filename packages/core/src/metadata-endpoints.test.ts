import { expect, test } from 'vitest'
import { endpointsOf } from './metadata-endpoints.ts'
import type { ProviderMetadata } from './provider.ts'
import { type ResolvedIssuer, resolveOptions } from './resolve-options.ts'

const issuer = 'https://id.example.com'

function methodsOf(metadata: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const options = resolveOptions({ appId: 'app', appSecret: 'secret', issuer })
  return endpointsOf({ issuer, ...metadata } as ProviderMetadata, options, options.location as ResolvedIssuer)
    .authMethods?.revocation
}

test.each([
  [
    'the list of the endpoint',
    { revocation_endpoint_auth_methods_supported: ['client_secret_post'] },
    ['client_secret_post'],
  ],
  ['what in it is text', { revocation_endpoint_auth_methods_supported: [null, 7, 'none', {}] }, ['none']],
  ['no list where it is empty', { revocation_endpoint_auth_methods_supported: [] }, undefined],
  ['no list where it is none', { revocation_endpoint_auth_methods_supported: 'none' }, undefined],
  [
    'no list where only the token endpoint takes Basic',
    { token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'] },
    undefined,
  ],
  [
    'no list where the token endpoint takes no secret',
    { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
    undefined,
  ],
  [
    "the token endpoint's list where that takes the secret in the form only",
    { token_endpoint_auth_methods_supported: ['client_secret_post'] },
    ['client_secret_post', 'tls_client_auth'],
  ],
  [
    'the list of the endpoint, whatever the token endpoint takes',
    {
      revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    },
    ['client_secret_basic'],
  ],
])('the methods of the revocation endpoint are %s', (_what, metadata, methods) => {
  expect(methodsOf(metadata)).toEqual(methods)
})
