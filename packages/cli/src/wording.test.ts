import { expect, test } from 'vitest'
import { inOurWords } from './wording.ts'

test.each([
  ['Check appId, appSecret and which', 'Check AUTHING_APP_ID, AUTHING_APP_SECRET and which'],
  ["pass idToken, or use kind 'generic'.", 'pass --id-token-file, or use --kind generic.'],
  ["protocol must be 'oidc' or 'oauth'.", "AUTHING_APP_PROTOCOL must be 'oidc' or 'oauth'."],
  ['Check the address and the protocol.', 'Check the address and the protocol.'],
  ['pass that as tls.ca', 'pass that as --ca-file'],
])('%j becomes %j', (theirs, ours) => {
  expect(inOurWords(theirs)).toBe(ours)
})
