import { type Fields, fieldsOf } from './answer-body.ts'
import { parseWait } from './throttling.ts'

/** A failure that a response body reports, in the provider's words, which are not masked yet. */
export interface StatedError {
  /** The status that the body states, which may differ from the HTTP status. */
  readonly status?: number | undefined
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly apiCode?: number | undefined
}

const QUALIFIER = '^(?:(?:is|has|was|http|api|app|oauth|response|request|operation|revocation|revoke|token|logout) )*'
/** Names of members that hold an error. A success may have them too, empty or saying that all is well. */
const ERROR = new RegExp(
  `${QUALIFIER}(?:err(?:or)?s?(?: .*)?|err(?:or)?(?:code|no|num|id|msg|message|type|name|details?)|fault\\w*|exceptions?|fail(?:ed|ures?)?|problems?|rejected|denied)$`,
)
/** Names of members that state how it went. */
const OUTCOME = new RegExp(
  `${QUALIFIER}(?:success\\w*|succeed\\w*|ok|revoked|revocation|result|outcome|state|type|kind|severity|level|accepted|acknowledged|done|deleted|removed|(?:(?:status|return|ret|result) ?)?code|status|ret)$`,
)
/** Among these, the ones for which 0 and nothing mean no. */
const YES_OR_NO = /\b(?:success\w*|succeed\w*|ok|revoked)$/
/** Names of members that tell a person how it went. */
const MESSAGE = /^(?:\w+ )?(?:message|msg|text|description|details?|reason|info|title)$/
/** A word that turns down, anywhere in an outcome. */
const REFUSAL =
  /\b(?:no|n|nok|ko|not|false|err|errors?|e\d+|exception|fail\w*|invalid|den(?:y|ied)|refused|rejected|forbidden|un(?:auth\w*|supported|available|success\w*|able|known))\b/
/** The same in other languages, and what says in a sentence that it went wrong. */
const FAILURE =
  /(?<![\p{L}\p{N}])(?:err(?:or|eur|ore|o)s?|fail(?:s|ed|ure|ing)?|exception|(?:could|can|did|was|were) ?(?:not|n t)|cannot|unable|denied|refused|rejected|unauthorized|forbidden|not (?:allowed|permitted|authorized|supported|revoked)|unavailable|maintenance|bad request|went wrong|fehl\w*|abgelehnt|échec|échou\w*|fall(?:o|ó|id[oa]|ita|ito)|falh\w+|mislukt|hata)(?![\p{L}\p{N}])|ошибк|неудач|失[败敗]|[错錯][误誤]|[异異]常|拒[绝絕]|エラー|실패|오류/u
/** Values of an error member that mean no error. */
const FINE = /^(?:[0 ]*|200|ok|none|nil|null|undefined|false|success(?:ful)?|no ?errors?)$/

const DEPTH = 3

/**
 * Tells whether a JSON body reports a failure. It does when a member that is named for an error holds anything, or when
 * a member that is named for the outcome says no: `false`, a negative number, a number of 400 or more, a word of
 * refusal, or a message that something failed. Names and words count without case and punctuation, at the top and up to
 * three levels below.
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

/** Tells whether a plain text that came with a success is still a refusal: its first word, or that it failed. */
export function isRefusal(text: string): boolean {
  const words = normalize(text)
  // "No token= here" is prose; "no" is an answer.
  return words === 'no' || REFUSAL.test(words.replace(/^no\b/, '').split(' ', 1)[0] as string) || hasFailed(words)
}

function hasFailed(words: string): boolean {
  return FAILURE.test(words.replace(/\b(?:no|without|0|if)\b.{0,20}?(?:err|fail|exception)\w*/g, ''))
}

/** Reads what a JSON body says about a failure, from its top and what lies within. */
export function statedError(json: unknown): StatedError {
  const find = finderIn(json)
  return {
    status: find(['statusCode', 'code', 'status', 'status_code', 'httpStatus', 'httpStatusCode'], (value) =>
      numberOf(value, 400),
    ),
    error: find(['error', 'errorCode', 'error_code', 'errorType', 'error_type', 'code'], textOf),
    description: find(
      [
        'error_description',
        'errorDescription',
        'message',
        'errorSummary',
        'error_message',
        'errorMessage',
        'errmsg',
        'msg',
        'detail',
        'reason',
        'title',
      ],
      textOf,
    ),
    // More digits could be those of a secret.
    apiCode: find(['apiCode'], (value) => numberOf(value, 0, 1e9)),
  }
}

/** Reads from a JSON body how long to wait, in milliseconds, where the headers do not say. */
export function statedWait(json: unknown, now: number): number | undefined {
  const find = finderIn(json)
  return (
    find(['retry_after_ms', 'retryAfterMs'], (value) => parseWait(value, now, 1)) ??
    find(['retry_after', 'retryAfter', 'retryDelay'], (value) => parseWait(value, now))
  )
}

/** Makes what finds a value by its name, the outermost first. */
function finderIn(json: unknown) {
  const all = objectsWithin(json)
  return <T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined => {
    for (const fields of all) {
      for (const name of names) {
        const value = Object.hasOwn(fields, name) ? read(fields[name]) : undefined
        if (value !== undefined) return value
      }
    }
    return undefined
  }
}

/** The objects of a body, from the outside to the inside. */
function objectsWithin(json: unknown): Fields[] {
  const found: Fields[] = []
  let level = [json]
  for (let depth = 0; depth <= DEPTH && level.length; depth++) {
    const objects = level
      .flat()
      .map(fieldsOf)
      .filter((fields) => fields !== undefined)
    found.push(...objects)
    level = objects.flatMap((fields) => Object.values(fields))
  }
  return found
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

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown, least = -Number.MAX_VALUE, most = Number.MAX_VALUE): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number >= least && number <= most ? number : undefined
}
