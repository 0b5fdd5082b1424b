/** A variable of the environment, and the option that it sets. */
export interface EnvironmentVariable {
  /** The option of `createLogoutClient`, or a member of an option, after a dot. */
  readonly option: string
  /**
   * The format of its value: a file is named by it, and a list is a JSON array or has commas. A `binary` file is read by
   * the package for the runtime.
   */
  readonly reading: 'text' | 'number' | 'flag' | 'list' | 'headers' | 'file' | 'binary'
  /** Its meaning, in a few words for people. */
  readonly about: string
  /** The only runtime that reads it; all of them without this. */
  readonly only?: 'Node.js' | 'Deno'
}

/**
 * Every variable that {@link optionsFromEnvironment} and the packages for runtimes read. The page that lists them is
 * generated from this.
 *
 * @example
 * ```ts
 * import { ENVIRONMENT_VARIABLES } from '@backend-logout/core'
 *
 * for (const [name, { about }] of Object.entries(ENVIRONMENT_VARIABLES)) console.log(name, about)
 * ```
 */
export const ENVIRONMENT_VARIABLES: Readonly<Record<string, EnvironmentVariable>> = {
  AUTHING_APP_ID: { option: 'appId', reading: 'text', about: "The application's id. Required." },
  AUTHING_APP_SECRET: {
    option: 'appSecret',
    reading: 'text',
    about: 'Its secret. Required unless the client authenticates another way.',
  },
  AUTHING_APP_SECRET_FILE: {
    option: 'appSecret',
    reading: 'file',
    about: 'It contains the secret, such as a mounted container secret.',
  },
  AUTHING_APP_HOST: {
    option: 'appHost',
    reading: 'text',
    about: "The application's address at GenAuth. Set exactly one: this, an issuer, or endpoints.",
  },
  AUTHING_APP_ISSUER: { option: 'issuer', reading: 'text', about: 'The issuer of any other provider.' },
  AUTHING_APP_REVOCATION_ENDPOINT: {
    option: 'endpoints.revocation',
    reading: 'text',
    about: 'The revocation endpoint of a provider without usable metadata.',
  },
  AUTHING_APP_INTROSPECTION_ENDPOINT: {
    option: 'endpoints.introspection',
    reading: 'text',
    about: 'Its introspection endpoint.',
  },
  AUTHING_APP_END_SESSION_ENDPOINT: {
    option: 'endpoints.endSession',
    reading: 'text',
    about: 'Its end session endpoint, for logout URLs.',
  },
  AUTHING_APP_METADATA_URL: {
    option: 'metadataUrl',
    reading: 'text',
    about: "The address of the issuer's metadata, if it is not at the well-known path.",
  },
  AUTHING_APP_METADATA_MAX_AGE_MS: {
    option: 'metadataMaxAgeMs',
    reading: 'number',
    about: 'The maximum age of the metadata before it is fetched again. An hour by default.',
  },
  AUTHING_APP_ENDPOINT_HOSTS: {
    option: 'endpointHosts',
    reading: 'list',
    about: "The only hosts, in addition to the issuer's, that endpoints in its metadata may be on.",
  },
  AUTHING_APP_PROTOCOL: { option: 'protocol', reading: 'text', about: '`oidc` or `oauth`, for GenAuth.' },
  AUTHING_APP_CLIENT_AUTH: {
    option: 'clientAuth',
    reading: 'text',
    about:
      'How the application authenticates: `client_secret_post`, `client_secret_basic`, `client_secret_jwt`, `private_key_jwt`, `tls_client_auth`, `self_signed_tls_client_auth`, or `none` for a public client.',
  },
  AUTHING_APP_PRIVATE_KEY_FILE: {
    option: 'clientAuth',
    reading: 'file',
    about: 'The key for `private_key_jwt`: PEM (PKCS#8) or a JWK.',
  },
  AUTHING_APP_PRIVATE_KEY_ID: { option: 'privateKeyJwt.kid', reading: 'text', about: 'The `kid` of that key.' },
  AUTHING_APP_PRIVATE_KEY_ALG: {
    option: 'privateKeyJwt.alg',
    reading: 'text',
    about: 'The algorithm of the assertions, such as `ES256`.',
  },
  AUTHING_APP_ASSERTION_AUDIENCE: {
    option: 'privateKeyJwt.audience',
    reading: 'text',
    about:
      "The `aud` of the assertions; `endpoint` for the address of each request, which Okta requires. The provider's issuer by default.",
  },
  AUTHING_APP_ASSERTION_LIFETIME_SECONDS: {
    option: 'privateKeyJwt.lifetimeSeconds',
    reading: 'number',
    about: 'The time from `iat` to `exp` of the assertions, 30 to 300. 60 by default.',
  },
  AUTHING_APP_ASSERTION_NOT_BEFORE: {
    option: 'privateKeyJwt.notBefore',
    reading: 'flag',
    about: 'Adds `nbf` to the assertions.',
  },
  AUTHING_APP_ASSERTION_TYP: {
    option: 'privateKeyJwt.typ',
    reading: 'text',
    about: "The `typ` in the assertions' header, such as `JWT`.",
  },
  AUTHING_APP_ALREADY_INVALID_ERRORS: {
    option: 'alreadyInvalidErrors',
    reading: 'list',
    about: 'Error codes or complete descriptions that mean that a token is no longer valid.',
  },
  AUTHING_APP_TIMEOUT_MS: {
    option: 'timeoutMs',
    reading: 'number',
    about: 'Time limit for one attempt. 10 000 by default.',
  },
  AUTHING_APP_DEADLINE_MS: {
    option: 'deadlineMs',
    reading: 'number',
    about: 'Time limit for a whole call, with retries. 30 000 by default.',
  },
  AUTHING_APP_LOGOUT_DEADLINE_MS: {
    option: 'logoutDeadlineMs',
    reading: 'number',
    about: 'Time limit for a whole `logout()`. 4 500 by default.',
  },
  AUTHING_APP_RETRIES: {
    option: 'retries',
    reading: 'number',
    about: 'The maximum number of retries after the first attempt. 2 by default.',
  },
  AUTHING_APP_HEADERS: {
    option: 'headers',
    reading: 'headers',
    about: 'Additional headers, as a JSON object, such as `{"X-Tenant-Id":"7"}`.',
  },
  AUTHING_APP_REDIRECT_URI: {
    option: 'redirectUri',
    reading: 'text',
    about: 'The return address of the logout URL if `logoutRedirectUri` is not set.',
  },
  AUTHING_APP_LOGOUT_REDIRECT_URI: {
    option: 'logoutRedirectUri',
    reading: 'text',
    about: 'The address that the provider sends the user to after the logout.',
  },
  AUTHING_APP_ALLOW_INSECURE_HTTP: {
    option: 'allowInsecureHttp',
    reading: 'flag',
    about: 'Allows http to hosts other than loopback, such as inside a cluster.',
  },
  AUTHING_APP_CA_FILE: {
    option: 'tls.ca',
    reading: 'file',
    about: "The authorities that are trusted to sign the provider's certificate, and an https proxy's, in PEM.",
  },
  AUTHING_APP_CERT_FILE: {
    option: 'tls.cert',
    reading: 'file',
    about: 'The client certificate for mutual TLS, in PEM.',
  },
  AUTHING_APP_KEY_FILE: { option: 'tls.key', reading: 'file', about: 'The private key of that certificate, in PEM.' },
  AUTHING_APP_KEY_PASSPHRASE: {
    option: 'tls.passphrase',
    reading: 'text',
    about: 'The passphrase of that key, or of the PKCS #12 file.',
    only: 'Node.js',
  },
  AUTHING_APP_PFX_FILE: {
    option: 'tls.pfx',
    reading: 'binary',
    about: 'The client certificate and its key as PKCS #12, in place of the two files in PEM.',
    only: 'Node.js',
  },
  AUTHING_APP_TLS_SERVERNAME: {
    option: 'tls.servername',
    reading: 'text',
    about: "The name that the provider's certificate is for, if it is not the host's.",
    only: 'Node.js',
  },
  AUTHING_APP_TLS_MIN_VERSION: {
    option: 'tls.minVersion',
    reading: 'text',
    about: '`TLSv1.2`, which is the default, or `TLSv1.3`.',
    only: 'Node.js',
  },
  AUTHING_APP_CONNECTIONS: {
    option: 'connections',
    reading: 'number',
    about: 'The maximum number of open connections to one host. 256 by default.',
    only: 'Node.js',
  },
  AUTHING_APP_POOL_MAX_IDLE: {
    option: 'pool.maxIdle',
    reading: 'number',
    about: "The maximum number of idle connections to one host. Deno's own by default.",
    only: 'Deno',
  },
  AUTHING_APP_POOL_IDLE_TIMEOUT_MS: {
    option: 'pool.idleTimeoutMs',
    reading: 'number',
    about: "The time after which an idle connection is closed. Deno's own by default.",
    only: 'Deno',
  },
}
