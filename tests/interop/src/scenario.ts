import type { ClientOptions, LogoutClientOptions } from '@backend-logout/core'
import type { Call } from './calls.ts'
import type { ClientPackage, TlsOptions } from './clients.ts'
import type { Exchange } from './exchange.ts'
import type { Probe, Tokens } from './probe.ts'

/** A provider that runs on loopback, with its registered applications. */
export interface RunningProvider<App extends string = string> extends AsyncDisposable {
  /** The exchanges since `forget()`. */
  exchanges(): readonly Exchange[]
  forget(): void
  /** Signs a user in, by any means. */
  signIn(app: App): Promise<Tokens>
  /** Uses a refresh token, as the application would. */
  refresh(app: App, refreshToken: string): Promise<Tokens>
  /** Options of a client for an application, in its usual configuration. */
  clientOptions(app: App): LogoutClientOptions
  /** Certificates of a client for an application. */
  tls?(app: App): TlsOptions
  /** The probes of an application's tokens: the access token first. */
  probes(app: App, tokens: Tokens): readonly Probe[]
}

/** A third-party provider in one configuration, and the calls that are tried with it. */
export interface InteropSuite<App extends string = string> {
  /** The npm package. */
  readonly name: string
  /** Its configuration. */
  readonly setting: string
  start(): Promise<RunningProvider<App>>
  readonly scenarios: readonly Scenario<App>[]
}

/** One row of the table: an application calls the client, and the required result. */
export interface Scenario<App extends string = string> extends Call {
  /** The special property of the application, or of its tokens. */
  readonly configuration: string
  /** The required report, in the words of the {@link Call}. */
  readonly report: string
  /** The required actual state of the tokens, whatever is reported; see {@link fate}. */
  readonly tokens: string
  /** The application whose client is called. */
  readonly app: App
  /** The application to which the tokens were issued, if it is another one. */
  readonly tokensOf?: App
  /** Options of the client that are not the application's usual ones. */
  readonly options?: Partial<ClientOptions>
  /** Certificates that are not the application's usual ones; `undefined` for none. */
  readonly tls?: TlsOptions | undefined
  /** Set if this works through only one of our packages. */
  readonly only?: ClientPackage['name']
  /** Runs after the sign-in and before the call. */
  arrange?(provider: RunningProvider<App>, tokens: Tokens): Promise<Tokens>
  /** Probes the tokens in another way than the provider's default. */
  probes?(provider: RunningProvider<App>, tokens: Tokens): readonly Probe[]
}

/** States the outcome of a session's tokens, as {@link Probe}s find it. */
export function fate(
  accessToken: 'works' | 'inactive',
  refreshToken: 'works' | 'inactive',
  by: 'user info' | 'signature' | 'introspection' = 'user info',
): string {
  return `access token ${accessToken} (${by}), refresh token ${refreshToken} (refresh grant)`
}

/** For calls without a token. */
export const NO_TOKEN: Pick<Scenario, 'tokens' | 'probes'> = { tokens: '–', probes: () => [] }
