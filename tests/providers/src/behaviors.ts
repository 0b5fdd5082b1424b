/** What a provider, or something before it, was publicly reported to do. */
export interface Behavior {
  /** `owner/repository#number`, or a document. */
  readonly reports: readonly string[]
  readonly happens: string
  /** What Backend Logout does about it. */
  readonly answer: string
  /** The folder of `tests` with the test, where this one cannot run it. */
  readonly testedIn?: 'browser'
}

/** Every behavior; `NAME.test.ts` replays it, here or in the folder it names. `docs/provider-reports.md` is made from this. */
export const BEHAVIORS = {
  'user-agent-required': {
    reports: [
      'aws-samples/cloudfront-authorization-at-edge#264',
      'DuendeArchive/Support#1441',
      'keycloak/keycloak-nodejs-connect#423',
    ],
    happens: 'A firewall answers 403 to requests without `User-Agent`.',
    answer: 'Every request names `backend-logout/VERSION` and the runtime; `headers` can replace it.',
  },
  'json-labeled-html': {
    reports: [
      'pocket-id/pocket-id#1130',
      'wso2/product-is#6314',
      'wso2/product-is#12511',
      'django-oauth/django-oauth-toolkit#217',
      'bshaffer/oauth2-demo-php#11',
    ],
    happens: 'JSON arrives under `text/html`: metadata, errors, successes, introspection.',
    answer: 'The body decides: what parses as JSON is JSON, whatever its content type.',
  },
  'access-token-with-id-claims': {
    reports: ['goauthentik/authentik#6668'],
    happens: 'A JWT access token has the claims of an ID token.',
    answer: '`tokenTypeHint`, or the member of `logout()`, says what a token is, and is believed.',
  },
  'not-found-while-restarting': {
    reports: ['kubernetes/ingress-nginx#1551', 'kubernetes/ingress-nginx#3888', 'mike4aday/SwiftlySalesforce#120'],
    happens: 'An ingress answers 404 or 405 while the provider restarts.',
    answer: 'The token counts as `live`; browser-proxy queues it, and the outbox tries again.',
  },
  'invalid-token-for-dead-tokens': {
    reports: [
      'googleapis/google-auth-library-nodejs#1175',
      'customeros/customeros#11611',
      'twitchdev/issues#87',
      'doorkeeper-gem/doorkeeper#1362',
    ],
    happens: 'A token that is no longer valid is answered with an error: 400 `invalid_token`, a text, or 403.',
    answer:
      '400 `invalid_token` counts as `accepted`. `alreadyInvalidErrors` names further error codes or descriptions that mean the same.',
  },
  'public-client-not-listed': {
    reports: ['keycloak/keycloak#29822', 'better-auth/better-auth#8423'],
    happens: 'The metadata does not list `none`, but public clients identify themselves by `client_id` alone.',
    answer: 'A client without a secret, key or certificate uses `none`, whatever the list says.',
  },
  'status-that-passes': {
    reports: ['notroj/neon#128', 'haproxy/haproxy#1708'],
    happens: '408 on a connection that was kept open, 421, 425.',
    answer: 'The request is sent again, as after 503.',
  },
  'firewall-page': {
    reports: ['KickEngineering/KickDevDocs#148', 'opencollective/opencollective#5910'],
    happens: 'A firewall or captive portal answers in place of the provider: a page, a text, a challenge.',
    answer: '`unexpected_response` at any status below 500; a bulk run stops after a few.',
  },
  'other-tabs-out-of-reach': {
    reports: ['mozilla/fxa#2347', 'trezor/connect#737'],
    happens: '`new BroadcastChannel` throws: with blocked cookies, in foreign frames.',
    answer: 'The logout works. Telling the other tabs is best effort.',
    testedIn: 'browser',
  },
  'one-bad-endpoint': {
    reports: ['keycloak/keycloak#20549'],
    happens:
      'Metadata names one endpoint that is http, empty, relative or has a fragment, or an empty list of methods.',
    answer: 'Only that endpoint is missing. An empty list counts as no list.',
  },
  'throttled-without-429': {
    reports: ['Repo-lyzer#469', 'daintree#8397'],
    happens: 'Throttling arrives as 403 with `Retry-After`.',
    answer: 'An answer that says how long to wait is `rate_limited` at any status, and waited for.',
  },
  'failure-inside-200': {
    reports: ['apifest/apifest-oauth20#64'],
    happens:
      'A 200 holds a failure: `{"revoked":"false"}`, `{"status":"error"}`, `{"errors":[…]}`, `callback({"error":…})`.',
    answer:
      'A body fails that holds an error, or whose outcome says no: in any envelope, as JSON, form, JSONP or text, in common languages.',
  },
  'reason-in-other-members': {
    reports: ['twitchdev/issues#87', 'okta/okta-sdk-java#259'],
    happens:
      'The reason is in `message`, `errorSummary` or `errors[0].message`; a 404 says that the client does not exist.',
    answer: 'The reason is in `providerErrorDescription`; a 404 that speaks of the client is `rejected`.',
  },
  'rate-limit-headers': {
    reports: ['okta/okta-sdk-java#259', 'discord/access#11', 'auth0/go-auth0#258'],
    happens: '429 without `Retry-After`, but with `X-RateLimit-Reset`, `RateLimit` or `retry-after-ms`.',
    answer:
      'All of these say how long to wait: as a number, a duration with a unit, or a point in time. Of several, the longest counts.',
  },
  'session-cookie-in-chunks': {
    reports: ['radar#497', 'lfx-self-serve#1089'],
    happens: "A session's cookie is too long, and a library splits it: `appSession.0`, `appSession.1`, …",
    answer:
      'browser-proxy joins the chunks, revokes what is in them, and clears them all. If one is missing, the status is `local_only`, never `logged_out`.',
  },
  'metadata-that-moves': {
    reports: ['express-openid-connect#449', 'hedgedoc#5793'],
    happens: 'The metadata changes while a process runs for months.',
    answer:
      'It is fetched again after an hour, or as `metadataMaxAgeMs` says, in the background. The last good metadata serves until then.',
  },
  'metadata-elsewhere': {
    reports: ['openid-client#718', 'go-oidc#121', 'vault#25024'],
    happens: 'The metadata is not where the issuer leads, or there is only an end session endpoint.',
    answer:
      '`metadataUrl` says where it is; it must still state `issuer`. A client can build logout URLs alone, and `logoutUrlError` says why there is no URL.',
  },
  'logout-url-parameters': {
    reports: ['FoxIDs#961', 'streamlit#14601', 'MSAL.js#4450', 'express-openid-connect#329'],
    happens: "The logout page needs parameters of the provider's: `logout_uri`, `logout_hint`, a bare `federated`.",
    answer: '`extraParameters` in core and browser-proxy, `--parameter` on the command line.',
  },
  'id-token-missing-or-too-long': {
    reports: ['elasticsearch#81092', 'okta-auth-js#1346', 'nextcloud/user_oidc#1261'],
    happens: 'There is no ID token, or one of 18 kB, which the provider refuses in a URL with 414 or 431.',
    answer: '`client_id` names the application. A form can be posted instead of the URL; the page does that.',
  },
  'settings-without-code': {
    reports: ['react-native-app-auth#351', 'openid-client#38', 'openid-client#302'],
    happens: 'The command line must reach endpoints without metadata, http inside a cluster, and sign with a key.',
    answer: 'The environment takes all of these; `docs/environment.md` lists the variables.',
  },
  'assertion-needs-nbf-and-typ': {
    reports: ["HelseID's documentation"],
    happens: 'The provider refuses assertions without `nbf`, or without a `typ` in their header.',
    answer: '`notBefore` and `typ` of `privateKeyJwt` and `clientSecretJwt`.',
  },
  'own-revocation-form': {
    reports: ['KickDevDocs#94', 'vellum-assistant#42774', 'line-bot-sdk-nodejs#291'],
    happens: 'The provider wants another request than RFC 7009: other names, a query, JSON, `DELETE`, a Bearer token.',
    answer: '`fetch` changes the finished request; [recipes](guides/own-revocation-forms.md) for four forms.',
  },
} as const satisfies Readonly<Record<string, Behavior>>

/** The name of a behavior, and of the file that replays it. */
export type BehaviorName = keyof typeof BEHAVIORS
