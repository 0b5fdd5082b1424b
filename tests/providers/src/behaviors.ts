/** A publicly reported behavior of a provider, or of a system in front of it. */
export interface Behavior {
  /** `owner/repository#number`, or a document. */
  readonly reports: readonly string[]
  readonly happens: string
  /** The reaction of Backend Logout. */
  readonly answer: string
  /** The folder of `tests` that contains the test, if this one cannot run it. */
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
    answer: 'The type comes from `tokenTypeHint` or the member of `logout()`, not from the claims.',
  },
  'not-found-while-restarting': {
    reports: ['kubernetes/ingress-nginx#1551', 'kubernetes/ingress-nginx#3888', 'mike4aday/SwiftlySalesforce#120'],
    happens: 'An ingress answers 404 or 405 while the provider restarts.',
    answer: 'The token counts as `live`; browser-proxy queues it, and the outbox retries.',
  },
  'invalid-token-for-dead-tokens': {
    reports: [
      'googleapis/google-auth-library-nodejs#1175',
      'customeros/customeros#11611',
      'twitchdev/issues#87',
      'doorkeeper-gem/doorkeeper#1362',
    ],
    happens: 'The response for a token that is no longer valid is an error: 400 `invalid_token`, text, or 403.',
    answer:
      '400 `invalid_token` counts as `accepted`. `alreadyInvalidErrors` adds error codes or descriptions with the same meaning.',
  },
  'public-client-not-listed': {
    reports: ['keycloak/keycloak#29822', 'better-auth/better-auth#8423'],
    happens: 'The metadata does not list `none`, but public clients identify themselves by `client_id` alone.',
    answer: 'A client without a secret, key or certificate uses `none`, even if it is not listed.',
  },
  'status-that-passes': {
    reports: ['notroj/neon#128', 'haproxy/haproxy#1708'],
    happens: 'The provider returns 408 on a kept-alive connection, 421 or 425.',
    answer: 'The client retries, as after 503.',
  },
  'firewall-page': {
    reports: ['KickEngineering/KickDevDocs#148', 'opencollective/opencollective#5910'],
    happens: 'A firewall or captive portal answers instead of the provider: a page, text, or a challenge.',
    answer: 'The error is `unexpected_response` for any status below 500; a bulk run stops after a few.',
  },
  'other-tabs-out-of-reach': {
    reports: ['mozilla/fxa#2347', 'trezor/connect#737'],
    happens: '`new BroadcastChannel` throws if cookies are blocked, and in cross-site frames.',
    answer: 'The logout works. Notifying the other tabs is best effort.',
    testedIn: 'browser',
  },
  'one-bad-endpoint': {
    reports: ['keycloak/keycloak#20549'],
    happens:
      'Metadata names one endpoint that is http, empty, relative or has a fragment, or an empty list of methods.',
    answer: 'The client ignores only that endpoint. An empty list counts as no list.',
  },
  'throttled-without-429': {
    reports: ['Repo-lyzer#469', 'daintree#8397'],
    happens: 'Throttling arrives as 403 with `Retry-After`.',
    answer: 'A response that specifies a wait time is `rate_limited` for any status, and the client waits.',
  },
  'failure-inside-200': {
    reports: ['apifest/apifest-oauth20#64'],
    happens:
      'A 200 contains a failure: `{"revoked":"false"}`, `{"status":"error"}`, `{"errors":[…]}`, `callback({"error":…})`.',
    answer:
      'A body that contains an error or a negative outcome is a failure: in any envelope, as JSON, form, JSONP or text, in common languages.',
  },
  'reason-in-other-members': {
    reports: ['twitchdev/issues#87', 'okta/okta-sdk-java#259'],
    happens:
      'The reason is in `message`, `errorSummary` or `errors[0].message`; a 404 says that the client does not exist.',
    answer: '`providerErrorDescription` has the reason; a 404 that mentions the client is `rejected`.',
  },
  'rate-limit-headers': {
    reports: ['okta/okta-sdk-java#259', 'discord/access#11', 'auth0/go-auth0#258'],
    happens: '429 without `Retry-After`, but with `X-RateLimit-Reset`, `RateLimit` or `retry-after-ms`.',
    answer:
      'All of these are read: as a number, a duration with a unit, or a point in time. If there are several, the longest wait applies.',
  },
  'session-cookie-in-chunks': {
    reports: ['radar#497', 'lfx-self-serve#1089'],
    happens: "A session's cookie is too long, and a library splits it: `appSession.0`, `appSession.1`, …",
    answer:
      'browser-proxy joins the chunks, revokes their tokens, and clears them all. If one is missing, the status is `local_only`, never `logged_out`.',
  },
  'metadata-that-moves': {
    reports: ['express-openid-connect#449', 'hedgedoc#5793'],
    happens: 'The metadata changes while a process runs for months.',
    answer:
      'The client fetches it again in the background after an hour, or after `metadataMaxAgeMs`. Until then, it uses the last good metadata.',
  },
  'metadata-elsewhere': {
    reports: ['openid-client#718', 'go-oidc#121', 'vault#25024'],
    happens: "The metadata is not at the issuer's well-known address, or it has only an end session endpoint.",
    answer:
      '`metadataUrl` sets its address; its `issuer` must still match. A client can also be used only for logout URLs; `logoutUrlError` says why there is no URL.',
  },
  'logout-url-parameters': {
    reports: ['FoxIDs#961', 'streamlit#14601', 'MSAL.js#4450', 'express-openid-connect#329'],
    happens:
      'The logout page needs nonstandard parameters: `logout_uri`, `logout_hint`, or `federated` without a value.',
    answer: '`extraParameters` in core and browser-proxy, or `--parameter` on the command line, adds them.',
  },
  'id-token-missing-or-too-long': {
    reports: ['elasticsearch#81092', 'okta-auth-js#1346', 'nextcloud/user_oidc#1261'],
    happens: 'There is no ID token, or it has 18 kB and the provider rejects the URL with 414 or 431.',
    answer: '`client_id` identifies the application. The page posts a form instead of using a URL that is too long.',
  },
  'settings-without-code': {
    reports: ['react-native-app-auth#351', 'openid-client#38', 'openid-client#302'],
    happens: 'The command line must use endpoints without metadata, allow http inside a cluster, and sign with a key.',
    answer: 'Environment variables set all of these; `docs/environment.md` lists them.',
  },
  'assertion-needs-nbf-and-typ': {
    reports: ["HelseID's documentation"],
    happens: 'The provider rejects assertions without `nbf`, or without `typ` in their header.',
    answer: '`notBefore` and `typ` of `privateKeyJwt` and `clientSecretJwt` add them.',
  },
  'assertion-for-each-endpoint': {
    reports: ["Okta's support articles"],
    happens: 'The audience of an assertion must be the exact address of the request, at each endpoint.',
    answer:
      '`audience: ({ url }) => url` and `AUTHING_APP_ASSERTION_AUDIENCE=endpoint` do that; `doctor` suggests it when assertions are refused.',
  },
  'outage-without-a-status': {
    reports: ["Slack's, WeChat's and Feishu's documentation"],
    happens:
      'An outage or throttling is stated only in the body, of a 200 or 400: as a code or in words, also in Chinese.',
    answer: 'The error is `provider_unavailable` or `rate_limited`, and the client retries.',
  },
  'own-revocation-form': {
    reports: ['KickDevDocs#94', 'vellum-assistant#42774', 'line-bot-sdk-nodejs#291'],
    happens: 'The provider does not follow RFC 7009: other names, a query, JSON, `DELETE`, a Bearer token.',
    answer: '`fetch` changes the finished request; [a guide](guides/own-revocation-forms.md) has four recipes.',
  },
} as const satisfies Readonly<Record<string, Behavior>>

/** The name of a behavior, and of the file that replays it. */
export type BehaviorName = keyof typeof BEHAVIORS
