/** Reads a setting from the environment. */
function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set.`)
  return value
}

/** The provider: the `iss` claim of its tokens. */
export const issuer: string = setting('ISSUER')
/** The `aud` claim of the tokens for this API. */
export const audience: string = setting('AUDIENCE')
/** The address of the provider's keys. */
export const jwksUri: string = process.env.JWKS_URI ?? `${issuer}/.well-known/jwks.json`
/** The port to listen on; 0 is any free port. */
export const port: number = Number(process.env.PORT ?? 0)

/** Reports the address of a program. */
export function listening(address: number | string): void {
  console.log(`Listening on http://127.0.0.1:${address}`)
}
