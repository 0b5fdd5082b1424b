import type { User } from './accounts.ts'
import type { Application, Applications } from './applications.ts'
import type { BackchannelLogoutOptions, LogoutDelivery } from './backchannel-options.ts'
import type { Fault, NextFault } from './faults.ts'
import type { IssuedToken, IssueTokensOptions } from './issued-token.ts'
import type { ManagementAccess } from './management-signature.ts'
import type { RequestRecord } from './request-log.ts'
import type { SignedInTokens } from './sign-in.ts'
import type { WebhookEvent, WebhookOptions } from './webhooks.ts'

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  /** Address, such as `http://127.0.0.1:49152`; GenAuth calls this the application's authentication address. */
  readonly appHost: string
  /** The OpenID issuer, `{appHost}/oidc`. */
  readonly issuer: string
  /** The default application: `client_secret_post`, as at GenAuth. */
  readonly app: Application
  /** A preconfigured application for each client authentication method. */
  readonly apps: Applications
  /** Access to the management API, which ends sessions (`/api/v3/kick-users`) and reports whether there is one. */
  readonly management: ManagementAccess
  /**
   * Signs a user in with a real authorization-code flow over HTTP. Anyone can sign in.
   *
   * @param user A subject, or a subject with further claims for `/oidc/me`. By default a user of that name.
   */
  signIn(user?: string | User, options?: { readonly app?: Application }): Promise<SignedInTokens>
  /**
   * Registers the address at which an application receives reports of logouts (OpenID Connect Back-Channel Logout),
   * before users sign in; `undefined` removes it. It must be on loopback.
   */
  sendLogoutsTo(uri: string | undefined, options?: BackchannelLogoutOptions): Promise<void>
  /**
   * Ends all sessions of a user at the provider, or the one with a `sid`, as an administrator does, and reports it to
   * the applications. Their tokens with `offline_access` stay active: the applications have to revoke them.
   *
   * @returns the reports, after all applications have responded
   */
  logOut(user: string, options?: { readonly sid?: string }): Promise<LogoutDelivery[]>
  /**
   * Sets the address that receives GenAuth's webhooks; `undefined` removes it. It must be on loopback. Sessions that the
   * management API ends are reported there.
   */
  sendWebhooksTo(uri: string | undefined, options?: WebhookOptions): void
  /**
   * Sends a webhook about a user. It changes nothing at the provider.
   *
   * @returns the status of the response; `undefined` without a response or an address
   */
  sendWebhook(event: WebhookEvent, user: string): Promise<number | undefined>
  /** True while the provider accepts a token; reads its store, without HTTP. */
  isActive(token: string): Promise<boolean>
  /** Lists the last 10 000 tokens that were issued, by fingerprint. */
  tokens(): IssuedToken[]
  /** Returns the number of active access and refresh tokens. */
  countActive(): number
  /**
   * Issues up to 200 000 tokens at a time, without a sign-in for each: real ones, each with a separate grant. JWTs are
   * signed with ES256 here, which is faster.
   */
  issueTokens(count: number, options?: IssueTokensOptions): Promise<string[]>
  /**
   * Queues the response to the next request, or the next `times` requests, at an endpoint. Queued responses are used in
   * order.
   */
  answerNext(fault: NextFault): void
  /** Queues the response to every request at an endpoint, after those of {@link answerNext}, until {@link reset}. */
  answerAlways(fault: Fault): void
  /** The last 1000 requests to the provider's endpoints, oldest first, without secrets. */
  readonly requests: readonly RequestRecord[]
  /** Restores the usual responses and clears the list of requests. Tokens and sessions stay. */
  reset(): void
  /** Stops listening, drops every connection and deletes all data. */
  close(): Promise<void>
}
