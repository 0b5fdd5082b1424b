const PADDING = 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9'.repeat(12)

/** The tokens of a bulk run: numbered, and as long as a small JWT. */
export function* tokensOf(count: number): Generator<string> {
  for (let index = 0; index < count; index++) yield `${PADDING}${index}`
}
