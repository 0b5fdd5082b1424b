import { describe, expectTypeOf, test } from 'vitest'
import type {
  BulkToken,
  ClientAuth,
  ClientAuthContext,
  ClientCredential,
  Introspection,
  IntrospectOptions,
  LogoutClient,
  LogoutClientOptions,
  LogoutErrorCode,
  LogoutErrorDetails,
  LogoutEvent,
  LogoutOptions,
  LogoutResult,
  LogoutUrlOptions,
  OnEvent,
  ProviderMetadata,
  Revocation,
  RevocationState,
  RevokeManyOptions,
  RevokeOptions,
  SessionTokens,
  TokenSource,
  TokenTypeHint,
  Transport,
  TransportRequest,
  TransportResponse,
} from './index.ts'
import * as core from './index.ts'
import type * as jwt from './jwt.ts'

const { createLogoutClient, fingerprintToken, isLogoutError, LogoutError } = core

/** `true` if `any` is anywhere in a type that a caller can reach, six levels deep. */
type HasAny<T> = true extends Search<T, [1, 1, 1, 1, 1, 1]> ? true : false

type Search<T, Depth extends 1[]> = 0 extends 1 & T
  ? true
  : Depth extends [1, ...infer Rest extends 1[]]
    ? T extends string | number | boolean | bigint | symbol | null | undefined | AbortSignal | URL | Headers
      ? false
      : T extends readonly (infer Element)[]
        ? Search<Element, Rest>
        : T extends PromiseLike<infer Value> | AsyncGenerator<infer Value>
          ? Search<Value, Rest>
          : T extends (...parameters: infer Parameters) => infer Result
            ? Search<Parameters[number], Rest> | Search<Result, Rest> | SearchMembers<T, Rest>
            : SearchMembers<T, Rest>
    : false

type SearchMembers<T, Rest extends 1[]> = { [K in keyof T]-?: Search<T[K], Rest> }[keyof T]

/** The declarations of the runtime are not checked. */
type OwnOptions = Omit<LogoutClientOptions, 'fetch'>

describe('the test itself', () => {
  test('finds any at every depth', () => {
    // biome-ignore lint/suspicious/noExplicitAny: the test searches for it
    type Any = any
    expectTypeOf<HasAny<Any>>().toEqualTypeOf<true>()
    expectTypeOf<HasAny<{ readonly a?: { b: Any } }>>().toEqualTypeOf<true>()
    expectTypeOf<HasAny<(a: Any) => void>>().toEqualTypeOf<true>()
    expectTypeOf<HasAny<() => Promise<Any>>>().toEqualTypeOf<true>()
    expectTypeOf<HasAny<Record<string, Any>>>().toEqualTypeOf<true>()
    expectTypeOf<HasAny<Any[] | undefined>>().toEqualTypeOf<true>()
    expectTypeOf<HasAny<{ readonly a?: { b: unknown } }>>().toEqualTypeOf<false>()
  })
})

describe('no any leaks out of', () => {
  test('the functions', () => {
    expectTypeOf(createLogoutClient).returns.toEqualTypeOf<LogoutClient>()
    expectTypeOf(createLogoutClient).parameters.toEqualTypeOf<[LogoutClientOptions]>()
    expectTypeOf<HasAny<typeof fingerprintToken>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<typeof isLogoutError>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<ReturnType<typeof core.fetchTransport>>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<ConstructorParameters<typeof LogoutError>>>().toEqualTypeOf<false>()
  })

  test('the client', () => {
    // The type of an iterable contains any.
    expectTypeOf<HasAny<Omit<LogoutClient, 'revokeTokens'>>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<ReturnType<LogoutClient['revokeTokens']>>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<OwnOptions>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<ClientAuth>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<Transport>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<OnEvent>>().toEqualTypeOf<false>()
  })

  test('its arguments and results', () => {
    expectTypeOf<HasAny<RevokeOptions & IntrospectOptions & LogoutOptions & LogoutUrlOptions>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<RevokeManyOptions | BulkToken | SessionTokens>>().toEqualTypeOf<false>()
    expectTypeOf<TokenSource>().not.toBeAny()
    expectTypeOf<HasAny<Revocation | LogoutResult | LogoutEvent | LogoutErrorDetails>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<ClientAuthContext | ClientCredential>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<TransportRequest | TransportResponse>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<InstanceType<typeof LogoutError>>>().toEqualTypeOf<false>()
  })

  test('the generated types', () => {
    expectTypeOf<HasAny<Introspection>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<ProviderMetadata>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<TokenTypeHint>>().toEqualTypeOf<false>()
    expectTypeOf<Introspection['active']>().toEqualTypeOf<boolean>()
    expectTypeOf<ProviderMetadata['issuer']>().toEqualTypeOf<string>()
    expectTypeOf<Introspection>().toHaveProperty('sub').not.toBeAny()
    expectTypeOf<Introspection[string]>().not.toBeAny()
  })

  test('the entry for JWT', () => {
    expectTypeOf<HasAny<typeof jwt.privateKeyJwt>>().toEqualTypeOf<false>()
    expectTypeOf<HasAny<typeof jwt.clientSecretJwt>>().toEqualTypeOf<false>()
  })
})

describe('the options of a client', () => {
  const appId = 'app'
  const appHost = 'https://example.genauth.ai'
  const issuer = 'https://id.example.com'
  const endpoints = { revocation: 'https://id.example.com/revoke' }

  test('name the provider in exactly one way', () => {
    expectTypeOf({ appId, appHost }).toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, appHost, protocol: 'oauth' as const }).toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, issuer }).toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, issuer: new URL(issuer) }).toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, endpoints }).toExtend<LogoutClientOptions>()

    expectTypeOf({ appId }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, appHost, issuer }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, appHost, endpoints }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, issuer, endpoints }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, appHost, issuer, endpoints }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, issuer, protocol: 'oidc' as const }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, appHost, protocol: 'saml' as const }).not.toExtend<LogoutClientOptions>()
    expectTypeOf({ appId, endpoints: { endSession: 'https://id.example.com/end' } }).toExtend<LogoutClientOptions>()
    expectTypeOf({ appHost }).not.toExtend<LogoutClientOptions>()
  })

  test('may be undefined if they are optional, as environment variables are', () => {
    const secret = undefined as string | undefined
    expectTypeOf({ appId, appSecret: secret, appHost, timeoutMs: undefined }).toExtend<LogoutClientOptions>()
  })

  test('accept the methods of client authentication, and functions', () => {
    type Method = NonNullable<LogoutClientOptions['clientAuth']>
    expectTypeOf<'client_secret_basic'>().toExtend<Method>()
    expectTypeOf<'private_key_jwt'>().not.toExtend<Method>()
    expectTypeOf(() => ({ body: { client_id: 'app' } })).toExtend<Method>()
    expectTypeOf(() => ({ body: { client_id: 7 } })).not.toExtend<Method>()
    expectTypeOf<ReturnType<typeof jwt.privateKeyJwt>>().toExtend<Method>()
  })

  test('cannot be changed by anyone who receives them', () => {
    const change = (options: LogoutClientOptions, result: LogoutResult) => {
      // @ts-expect-error options are read only
      options.appId = 'other'
      // @ts-expect-error results are too
      result.revoked = true
      // @ts-expect-error down to the list
      result.tokens.pop()
    }
    expectTypeOf(change).returns.toBeVoid()
  })
})

describe('results', () => {
  test('are what they say', () => {
    expectTypeOf<LogoutClient['revokeToken']>().returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf<LogoutClient['logout']>().returns.resolves.toEqualTypeOf<LogoutResult>()
    expectTypeOf<LogoutClient['introspectToken']>().returns.resolves.toEqualTypeOf<Introspection>()
    expectTypeOf<LogoutClient['buildLogoutUrl']>().returns.toEqualTypeOf<URL>()
    expectTypeOf<LogoutClient['discover']>().returns.resolves.toEqualTypeOf<ProviderMetadata | undefined>()
    expectTypeOf<LogoutResult['logoutUrl']>().toEqualTypeOf<URL | undefined>()
    expectTypeOf<Revocation['state']>().toEqualTypeOf<'accepted' | 'verified' | 'unsupported' | 'live' | 'unknown'>()
  })

  test('suggest the registered hints, and accept any other', () => {
    expectTypeOf<'access_token' | 'refresh_token'>().toExtend<TokenTypeHint>()
    expectTypeOf<'urn:example:device'>().toExtend<TokenTypeHint>()
    expectTypeOf<7>().not.toExtend<TokenTypeHint>()
  })
})

/** A switch over every code; a code that is added without a case here does not compile. */
export function adviceFor(code: LogoutErrorCode): 'fix' | 'wait' | 'none' {
  switch (code) {
    case 'invalid_options':
    case 'invalid_argument':
    case 'client_auth_failed':
    case 'rejected':
    case 'unexpected_response':
    case 'redirect_refused':
    case 'endpoint_missing':
    case 'discovery_failed':
      return 'fix'
    case 'rate_limited':
    case 'provider_unavailable':
    case 'network':
    case 'timeout':
      return 'wait'
    case 'unsupported_token_type':
    case 'unverified':
    case 'aborted':
      return 'none'
    default: {
      expectTypeOf(code).toBeNever()
      return code
    }
  }
}

describe('errors', () => {
  test('narrow by isLogoutError() and by code', () => {
    const caught: unknown = undefined
    if (isLogoutError(caught)) {
      expectTypeOf(caught).toEqualTypeOf<InstanceType<typeof LogoutError>>()
      expectTypeOf(caught.code).toEqualTypeOf<LogoutErrorCode>()
      expectTypeOf(caught.retryAfterMs).toEqualTypeOf<number | undefined>()
      if (caught.code === 'rate_limited') expectTypeOf(caught.code).toEqualTypeOf<'rate_limited'>()
      // @ts-expect-error there is no such code
      if (caught.code === 'invalid_token') throw caught
      // @ts-expect-error errors are not changed
      caught.code = 'network'
    }
  })

  test('can be distinguished one by one', () => {
    expectTypeOf(adviceFor).parameter(0).toEqualTypeOf<LogoutErrorCode>()
    expectTypeOf<RevocationState>().toEqualTypeOf<Revocation['state']>()
  })
})

describe('events', () => {
  test('narrow by type', () => {
    const onEvent: OnEvent = (event) => {
      if (event.type === 'retry') expectTypeOf(event.delayMs).toEqualTypeOf<number>()
      if (event.type === 'outcome') expectTypeOf(event.state).toEqualTypeOf<RevocationState | undefined>()
      // @ts-expect-error only some events have it
      event.attempt
    }
    expectTypeOf(onEvent).returns.toBeVoid()
    expectTypeOf<LogoutEvent['type']>().toEqualTypeOf<'start' | 'attempt' | 'retry' | 'outcome'>()
  })
})
