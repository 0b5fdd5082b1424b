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
  ['the strings in it', { revocation_endpoint_auth_methods_supported: [null, 7, 'none', {}] }, ['none']],
  ['no list if it is empty', { revocation_endpoint_auth_methods_supported: [] }, undefined],
  ['no list if it is not a list', { revocation_endpoint_auth_methods_supported: 'none' }, undefined],
  [
    'no list if only the token endpoint accepts Basic',
    { token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'] },
    undefined,
  ],
  [
    'no list if the token endpoint accepts no secret',
    { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
    undefined,
  ],
  [
    "the token endpoint's list if that accepts the secret only in the form",
    { token_endpoint_auth_methods_supported: ['client_secret_post'] },
    ['client_secret_post', 'tls_client_auth'],
  ],
  [
    'the list of the endpoint, whatever the token endpoint accepts',
    {
      revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    },
    ['client_secret_basic'],
  ],
])('the methods of the revocation endpoint are %s', (_what, metadata, methods) => {
  expect(methodsOf(metadata)).toEqual(methods)
})
