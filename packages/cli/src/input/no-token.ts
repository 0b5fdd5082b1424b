/** The ways in which exports represent a missing value, alone or in brackets: `null`, `\N`, `(blank)`, `[]`. */
const MISSING = /^[([{<]?(?:null|none|nil|undefined|nan|blank|empty|#?n\/a|\\n|-+)?[)\]}>]?$/i

const TOKEN_NAME = /^(?:(?:access|refresh)[_ -]?)?tokens?$/i

/** Texts without a token that consist of characters of tokens, and how to describe them. */
const OTHERS: readonly (readonly [form: RegExp, problem: string])[] = [
  [TOKEN_NAME, 'The line is the heading of a column, not a token.'],
  [
    /^(?:sha256|hmac):[0-9a-f]+$/i,
    'This is the fingerprint of a token, as in an output of this program. Pass the file with the tokens themselves.',
  ],
  [
    /(?:^|[?&#])(?:(?:access|refresh|id)[_-]?)?token=/i,
    'This is a parameter, such as access_token=…. Pass its value alone.',
  ],
  [/^(?:\(.*\)|\[.*\]|\{.*\}|<.*>)$/s, 'The text in brackets stands for a token. It is not one.'],
  // Inside a token, three dots or stars can be by chance.
  [/^(?:\.{3}|\*{3})|(?:\.{3}|\*{3})$|\*{5}/, 'The token is masked or cut off.'],
  [/^(?:x{3,}|redacted|masked|filtered|[^a-z0-9]*)$/i, 'The token is masked, or there is none.'],
  [
    /^(?:true|false|#[\w/]+[!?]|\d(?:\.\d+)?E\+\d+)$/i,
    'The text is a value of another kind, such as of a spreadsheet.',
  ],
]

/** Recognizes the usual names of columns of tokens. */
export function isTokenName(text: string): boolean {
  return TOKEN_NAME.test(text)
}

/** Recognizes a text that an export has where there is no value. A provider would accept it as a token. */
export function isMissing(text: string): boolean {
  return MISSING.test(text)
}

/**
 * The reason why a text only stands for a token, or for nothing: it is a heading, a fingerprint or a mask. Providers
 * would return success for it (RFC 7009 §2.2).
 */
export function whyNoToken(text: string): string | undefined {
  if (isMissing(text)) return 'The text says that there is no token.'
  return OTHERS.find(([form]) => form.test(text))?.[1]
}
