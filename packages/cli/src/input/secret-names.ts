/** Words at the end of the names of tokens and secrets. */
const LAST =
  /tokens?(?:_(?:value|text|raw|string))?$|(?:^|_)(?:id_token_hint|jwts?|bearer|cookies?|authorization(?:_(?:header|code))?|credentials?|assertion|(?:auth|device)_code|code_verifier|otp|pwd|(?:api|access|signing|encryption)_?keys?)$/
/** Words that make the name of a secret, whatever is around them. */
const ANYWHERE = /secret|passw(?:or)?d|passphrase|passcode|private_?key|密码|口令|密钥|令牌|私钥/

const MAX_NAME_CHARACTERS = 256

/**
 * Recognizes the names of columns and members that hold tokens or secrets: `accessToken`, `session.refresh_token`,
 * `X-API-Key`. One segment of a path is enough. `token_type` and `user_id` hold neither.
 */
export function isSecretName(name: string): boolean {
  // Longer texts are not names, and may be tokens.
  if (name.length > MAX_NAME_CHARACTERS) return true
  return name.split('.').some((segment) => {
    const words = segment
      .replace(/([a-z\d])(?=[A-Z])/g, '$1_')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '_')
      .replace(/[_\d]+$/, '')
    return LAST.test(words) || ANYWHERE.test(words)
  })
}
