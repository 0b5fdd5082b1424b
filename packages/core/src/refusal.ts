import { DEPTH, fieldsOf, numberOf } from './answer-body.ts'

const QUALIFIER = '^(?:(?:is|has|was|http|api|app|oauth|response|request|operation|revocation|revoke|token|logout) )*'
/** Names of members that contain an error. A success may also have them, empty or with a positive value. */
const ERROR = new RegExp(
  `${QUALIFIER}(?:err(?:or)?s?(?: .*)?|err(?:or)?(?:code|no|num|id|msg|message|type|name|details?)|fault\\w*|exceptions?|fail(?:ed|ures?)?|problems?|rejected|denied)$`,
)
/** Names of members that state the outcome. */
const OUTCOME = new RegExp(
  `${QUALIFIER}(?:success\\w*|succeed\\w*|ok|revoked|revocation|result|outcome|state|type|kind|severity|level|accepted|acknowledged|done|deleted|removed|(?:(?:status|return|ret|result) ?)?code|status|ret)$`,
)
/** Among these, the ones for which 0 and an empty value mean no. */
const YES_OR_NO = /\b(?:success\w*|succeed\w*|ok|revoked)$/
/** Names of members with the outcome, in words for people. */
const MESSAGE = /^(?:\w+ )?(?:message|msg|text|description|details?|reason|info|title)$/
/** A word of refusal, anywhere in an outcome. */
const REFUSAL =
  /\b(?:no|n|nok|ko|not|false|err|errors?|e\d+|exception|fail\w*|invalid|den(?:y|ied)|refused|rejected|forbidden|un(?:auth\w*|supported|available|success\w*|able|known))\b/
/** The same in other languages, and words that report a failure in a sentence. */
const FAILURE =
  /(?<![\p{L}\p{N}])(?:err(?:or|eur|ore|o)s?|fail(?:s|ed|ure|ing)?|exception|(?:could|can|did|was|were) ?(?:not|n t)|cannot|unable|denied|refused|rejected|unauthorized|forbidden|not (?:allowed|permitted|authorized|supported|revoked)|unavailable|maintenance|bad request|went wrong|fehl\w*|abgelehnt|échec|échou\w*|fall(?:o|ó|id[oa]|ita|ito)|falh\w+|mislukt|hata)(?![\p{L}\p{N}])|ошибк|неудач|失[败敗]|[错錯][误誤]|[异異]常|拒[绝絕]|エラー|실패|오류/u
/** Values of an error member that mean no error. */
const FINE = /^(?:[0 ]*|200|ok|none|nil|null|undefined|false|success(?:ful)?|no ?errors?)$/

/**
 * Checks if a JSON body reports a failure. It does when a member named for an error has a value, or when a member named
 * for the outcome is negative: `false`, a negative number, a number of 400 or more, a word of refusal, or a message
 * that something failed. Names and words count without case and punctuation, at the top and up to three levels below.
 */
export function reportsFailure(json: unknown): boolean {
  return failsWithin(json, DEPTH)
}

function failsWithin(json: unknown, depth: number): boolean {
  if (Array.isArray(json)) return depth > 0 && json.some((item) => failsWithin(item, depth - 1))
  const fields = fieldsOf(json)
  if (!fields) return refuses('', json)
  return Object.entries(fields).some(([key, value]) => {
    const name = normalize(key)
    if (ERROR.test(name)) return holdsSomething(value, depth)
    if (typeof value === 'object' && value !== null) return depth > 0 && failsWithin(value, depth - 1)
    if (MESSAGE.test(name)) return typeof value === 'string' && hasFailed(normalize(value))
    return OUTCOME.test(name) && refuses(name, value)
  })
}

/** Checks if the plain text of a success is still a refusal: its first word, or a report of a failure. */
export function isRefusal(text: string): boolean {
  const words = normalize(text)
  // "No token= here" is prose; "no" is a response.
  return words === 'no' || REFUSAL.test(words.replace(/^no\b/, '').split(' ', 1)[0] as string) || hasFailed(words)
}

function hasFailed(words: string): boolean {
  return FAILURE.test(words.replace(/\b(?:no|without|0|if)\b.{0,20}?(?:err|fail|exception)\w*/g, ''))
}

function refuses(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return !value
  if (value === null) return YES_OR_NO.test(name)
  const number = numberOf(value)
  if (number !== undefined) return number < 0 || number >= 400 || (number === 0 && YES_OR_NO.test(name))
  if (typeof value !== 'string') return false
  const words = normalize(value)
  return REFUSAL.test(words) || FAILURE.test(words)
}

function holdsSomething(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return !FINE.test(normalize(String(value ?? '')))
  return depth === 0 || Object.values(value).some((inner) => holdsSomething(inner, depth - 1))
}

/** Words in lower case with single spaces between them: `NOT_OK` and `isOk` become `not ok` and `is ok`. */
function normalize(text: string): string {
  return text
    .slice(0, 200)
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .replace(/[^\p{L}\p{N}-]+|(?<!\s|^)-/gu, ' ')
    .trim()
    .toLowerCase()
}
