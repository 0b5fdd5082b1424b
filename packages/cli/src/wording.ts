/** What the library's options are called on the command line. */
const NAMES: Readonly<Record<string, string>> = {
  appId: 'AUTHING_APP_ID',
  appSecret: 'AUTHING_APP_SECRET',
  appHost: 'AUTHING_APP_HOST',
  protocol: 'AUTHING_APP_PROTOCOL',
  clientAuth: 'AUTHING_APP_CLIENT_AUTH',
  endpointHosts: 'AUTHING_APP_ENDPOINT_HOSTS',
  idToken: '--id-token-file',
  redirectUri: '--redirect-uri',
  state: '--state',
  tokenTypeHint: '--token-type-hint',
  encryptionKeys: 'OUTBOX_KEYS',
  'tls.ca': '--ca-file',
  'tls.cert': '--cert-file',
  'tls.key': '--key-file',
  "kind 'generic'": '--kind generic',
}

/** A message of the library's, with the options called as they are here. */
export function inOurWords(message: string): string {
  return message.replace(
    /\b(?:appId|appSecret|appHost|clientAuth|endpointHosts|idToken|redirectUri|tokenTypeHint|encryptionKeys|tls\.(?:ca|cert|key)|kind 'generic'|(?:protocol|state)(?= must))/g,
    (name) => NAMES[name] ?? name,
  )
}
