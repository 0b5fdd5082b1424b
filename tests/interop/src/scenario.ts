import type { ClientOptions, LogoutClientOptions } from '@backend-logout/core'
import type { Call } from './calls.ts'
import type { ClientPackage, TlsOptions } from './clients.ts'
import type { Exchange } from './exchange.ts'
import type { Probe, Tokens } from './probe.ts'

/** A provider that runs on loopback, with applications that are registered there. */
export interface RunningProvider<App extends string = string> extends AsyncDisposable {
  /** What went over its wire since `forget()`. */
  exchanges(): readonly Exchange[]
  forget(): void
  /** Signs a user in, by whatever means. */
  signIn(app: App): Promise<Tokens>
  /** Uses a refresh token, as the application itself would. */
  refresh(app: App, refreshToken: string): Promise<Tokens>
  /** Options of a client for an application, in its usual configuration. */
  clientOptions(app: App): LogoutClientOptions
  /** Certificates of a client for an application. */
  tls?(app: App): TlsOptions
  /** How it is known what became of an application's tokens: the access token first. */
  probes(app: App, tokens: Tokens): readonly Probe[]
}

/** A provider that others wrote, set up in one way, and what is tried with it. */
export interface InteropSuite<App extends string = string> {
  /** The npm package. */
  readonly name: string
  /** How it is set up. */
  readonly setting: string
  start(): Promise<RunningProvider<App>>
  readonly scenarios: readonly Scenario<App>[]
}

/** One row of the table: an application calls the client, and what must come of it. */
export interface Scenario<App extends string = string> extends Call {
  /** What is particular about the application, or about its tokens. */
  readonly configuration: string
  /** What must be reported, in the words of the {@link Call}. */
  readonly report: string
  /** What must be true of the tokens then, whatever is reported; see {@link fate}. */
  readonly tokens: string
  /** The application whose client is called. */
  readonly app: App
  /** The application to which the tokens were issued, where that is another one. */
  readonly tokensOf?: App
  /** Options of the client that are not the application's usual ones. */
  readonly options?: Partial<ClientOptions>
  /** Certificates that are not the application's usual ones; `undefined` for none. */
  readonly tls?: TlsOptions | undefined
  /** Where this makes sense through one of our packages alone. */
  readonly only?: ClientPackage['name']
  /** What happens after the sign-in and before the call. */
  arrange?(provider: RunningProvider<App>, tokens: Tokens): Promise<Tokens>
  /** Asks in another way about the tokens than the provider does by itself. */
  probes?(provider: RunningProvider<App>, tokens: Tokens): readonly Probe[]
}

/** Says what became of a session's tokens, as {@link Probe}s find it. */
export function fate(
  accessToken: 'works' | 'inactive',
  refreshToken: 'works' | 'inactive',
  by: 'user info' | 'signature' | 'introspection' = 'user info',
): string {
  return `access token ${accessToken} (${by}), refresh token ${refreshToken} (refresh grant)`
}

/** Where no token of anybody is at stake. */
export const NO_TOKEN: Pick<Scenario, 'tokens' | 'probes'> = { tokens: '–', probes: () => [] }
