import { isCutOffJwt } from './cut-off-jwt.ts'

/** The ways in which exports represent a missing value, alone or in brackets: `null`, `\N`, `(blank)`, `[]`. */
const MISSING = /^[([{<]?(?:null|none|nil|undefined|nan|blank|empty|#?n\/a|\\{1,2}n|-+)?[)\]}>]?$/i

const TOKEN_NAME = /^(?:(?:access|refresh)[_ -]?)?tokens?$/i
/** Also those of columns that are no advice to follow, such as one of ID tokens. */
const HEADING =
  /^(?:(?:access|refresh|oauth2?|id|session|auth|bearer)[_ -]?)?(?:tokens?|jwts?)(?:[_ -]?(?:value|text|raw|string|hash|id))?$/i

const FINGERPRINT =
  'This is the fingerprint of a token, as in an output of this program. Pass the file with the tokens themselves.'
const MASKED = 'The token is masked or cut off.'
const PARAMETER = 'This is a parameter, such as access_token=…. Pass its value alone.'
const OTHER_KIND = 'The text is a value of another kind, such as of a spreadsheet.'
const PLACEHOLDER = 'The text is a placeholder: a token must be in its place.'

/** Words in place of what a program hides. */
const HIDDEN =
  'redacted|masked|filtered|hidden|sanitized|scrubbed|censored|obfuscated|removed|deleted|withheld|omitted|truncated'

// The times of all forms are linear: from where one could begin, none reads the rest of a text again and again.

/** Texts without a token that consist of characters of tokens, and how to describe them. */
const OTHERS: readonly (readonly [form: RegExp, problem: string])[] = [
  [HEADING, 'The line is the heading of a column, not a token.'],
  [/^(?:sha256|hmac):[0-9a-f]+$/i, FINGERPRINT],
  // Other hashes and notations, in hexadecimal or Base64 of a whole one.
  [
    /^(?:sha-?\d{1,3}|md5|hmac(?:-sha-?\d{1,3})?|hash|digest)[:=](?:[0-9a-f]+|[\w+/-]{27}=|[\w+/-]{43}=?|[\w+/-]{64}|[\w+/-]{86}(?:==)?)$/i,
    FINGERPRINT,
  ],
  [/^\$(?:2[abxy]|argon2\w{1,2}|scrypt|pbkdf2[\w-]{0,20})\$/, FINGERPRINT],
  [/^vault:v\d{1,4}:/, 'The token is encrypted. Decrypt it first.'],
  [/(?:^|[?&#])(?:(?:access|refresh|id)[_-]?)?token=/i, PARAMETER],
  [/^(?:(?:access|refresh|id|oauth|session)[_-]?token|jwt|bearer|authorization)[:=]/i, PARAMETER],
  [/^(?:\(.*\)|\[.*\]|\{.*\}|<.*>)$/s, 'The text in brackets stands for a token. It is not one.'],
  // Inside a token, three dots or stars can be by chance. Tokens with stars also have other signs.
  // Google pads some of its tokens with dots.
  [/^(?:\.{3}|\*{3})|^(?!ya29\.).*\.{3}$|\*{3}$|\*{5}/, MASKED],
  [/^[\w.~+/=|:-]*\*{3,}[\w.~+/=|:-]*$|^eyJ[\w-]*\.{3}/, MASKED],
  [/^x{6,}\w{0,8}$|^(?:x{4}[-_.]){2,8}\w{0,8}$/i, MASKED],
  [/^(?:x{3,}|[^a-z0-9]*)$/i, 'The token is masked, or there is none.'],
  [/^(?:true|false|#[\w/]+[!?]|\d(?:\.\d+)?E\+\d+)$/i, OTHER_KIND],
  [/^-----BEGIN|^==>.*<==$/, 'The text is a line between texts, not a token.'],
  [/^(?:https?|wss?|ftp):\/\//i, 'The text is a URL, not a token.'],
  [
    /^(?:\d{4}([-/.])\d{2}\1\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4})(?:[T_-]?\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i,
    'The text is a date, not a token.',
  ],
  [/^(?:\$\{.*\}|\$[A-Z_]+|%[A-Z_]+%)$/i, PLACEHOLDER],
  [/^(?:your|insert|replace|paste|enter|put)(?=[_-].*(?:token|jwt|here))(?:[_-][a-z]+){1,8}$/i, PLACEHOLDER],
]

/** The word for a hidden text, alone, before other words or after them. */
const HIDDEN_FIRST = new RegExp(`^[^a-z0-9]*(?:${HIDDEN})(?![a-z0-9])`, 'i')
const HIDDEN_LAST = new RegExp(`(?:^|[^a-z0-9])(?:${HIDDEN})[^a-z0-9]*$`, 'i')
const MAX_WORD_CHARACTERS = 24

/** Recognizes the usual names of columns of tokens. */
export function isTokenName(text: string): boolean {
  return TOKEN_NAME.test(text)
}

/** Recognizes a text that an export has where there is no value. A provider would accept it as a token. */
export function isMissing(text: string): boolean {
  return MISSING.test(text)
}

/**
 * The reason why a text only stands for a token, or for nothing: it is a heading, a fingerprint, a mask, or a value of
 * another kind. Providers would return success for it (RFC 7009 §2.2).
 */
export function whyNoToken(text: string): string | undefined {
  if (isMissing(text)) return 'The text says that there is no token.'
  const found = OTHERS.find(([form]) => form.test(text))
  if (found) return found[1]
  if (HIDDEN_FIRST.test(text) || HIDDEN_LAST.test(text.slice(-MAX_WORD_CHARACTERS))) return MASKED
  return isCutOffJwt(text) ? MASKED : undefined
}
