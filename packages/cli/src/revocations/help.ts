const LIST = `
Services that follow the revocation list with @backend-logout/revocations refuse
these access tokens within milliseconds. The list does not revoke refresh tokens.

DATE is a date (00:00 UTC), or a date and a time with Z or an offset.

  REVOCATIONS_STORE  the postgres:// address of the revocation log, or its folder
`

const EXIT_CODES = `
Exit codes:
  0    the entry is stored, and durable
  2    wrong usage or settings; nothing is stored
  4    the store cannot be used`

const NOW = `
Without --issued-before, it is now by this machine's clock. If the issuer's
clock is ahead, tokens that it has just issued stay valid: pass a time by the
issuer's clock, which may be up to a minute ahead. Until then, new logins are
refused as well.
`

/** The details in the help of `revoke-user`. */
export const userDetails: string = `${LIST}${NOW}
Examples:
  $ backend-logout revoke-user --iss https://id.example.com --sub alice
  $ backend-logout revoke-user --iss https://id.example.com --sub alice \\
      --issued-before "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --token-lifetime 3600
${EXIT_CODES}`

/** The details in the help of `revoke-session`. */
export const sessionDetails: string = `${LIST}${NOW}
Examples:
  $ backend-logout revoke-session --iss https://id.example.com --sid 08a5019c-17e1
${EXIT_CODES}`

/** The details in the help of `revoke-issuer`. */
export const issuerDetails: string = `${LIST}
Examples:
  $ backend-logout revoke-issuer --iss https://id.example.com \\
      --issued-before "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
${EXIT_CODES}`
