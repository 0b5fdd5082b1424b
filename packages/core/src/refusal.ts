import { DEPTH, fieldsOf, MOST_VALUES, numberOf, unwrapped } from './answer-body.ts'
import { normalize, refusesInWords, reportsFailureInWords, reportsSuccessInWords } from './failure-words.ts'

const QUALIFIER = '^(?:(?:is|has|was|http|api|app|oauth|response|request|operation|revocation|revoke|token|logout) )*'
/** Names of members that contain an error. A success may also have them, empty or with a positive value. */
const ERROR = new RegExp(
  `${QUALIFIER}(?:err(?:or)?s?(?: .*)?|err(?:or)?(?:code|no|num|id|msg|message|type|name|details?)|fault\\w*|exceptions?|fail(?:ed|ures?)?|problems?|rejected|denied)$`,
)
/** Among these, the ones with a sentence, which can also report a success. */
const ERROR_TEXT = /(?:message|msg|desc(?:ription)?|details?|info|text|summary|reason)$/
/** Names of members that state the outcome. */
const OUTCOME = new RegExp(
  `${QUALIFIER}(?:success\\w*|succeed\\w*|ok|revoked|revocation|result|outcome|state|type|kind|severity|level|accepted|acknowledged|done|completed|deleted|removed|(?:(?:status|return|ret|result) ?)?code|status|ret)$`,
)
/** Among these, the ones for which 0 and an empty value mean no. */
const YES_OR_NO = /\b(?:success\w*|succeed\w*|ok|revoked)$/
/** Names of members with the outcome, in words for people. */
const MESSAGE = /^(?:\w+ )?(?:message|msg|text|description|details?|reason|info|title)$/
/** Values of an error member that mean no error. */
const FINE = /^(?:[0 ]*|200|ok|none|nil|null|undefined|false|success(?:ful)?|no ?errors?)$/

/** A line with a member and its value, as in `success: false`. */
const LINE = /^([a-z]\w{0,40})\s*[:=]\s*(.+)$/i
/** Numbers above it are no HTTP statuses, so only the provider knows what they mean. */
const LAST_STATUS = 599

/**
 * Checks if a JSON body reports a failure. It does when a member named for an error has a value, other than a sentence
 * that reports a success; when a member named for the outcome is negative: `false`, a negative number, a number of 400
 * or more, a word of refusal; or when a message says that something failed. Names and words count without case and
 * punctuation, at the top and up to three levels below, also in JSON that is text.
 */
export function reportsFailure(json: unknown): boolean {
  return failsWithin(json, DEPTH, { left: MOST_VALUES })
}

function failsWithin(json: unknown, depth: number, values: { left: number }): boolean {
  if (values.left-- <= 0) return false
  if (Array.isArray(json)) return depth > 0 && json.some((item) => failsWithin(item, depth - 1, values))
  const fields = fieldsOf(json)
  if (!fields) return refuses('', json)
  const entries = Object.entries(fields).slice(0, values.left)
  values.left -= entries.length
  const members = entries.map(([key, value]) => [normalize(key), unwrapped(value)] as const)
  const praised = members.some(([name, value]) => MESSAGE.test(name) && isPraise(value))
  return members.some(([name, value]) => {
    if (ERROR.test(name)) return holdsSomething(value, depth) && !(ERROR_TEXT.test(name) && isPraise(value))
    if (typeof value === 'object' && value !== null) {
      if (YES_OR_NO.test(name) && Object.values(value).includes(false)) return true
      return depth > 0 && failsWithin(value, depth - 1, values)
    }
    if (MESSAGE.test(name)) return typeof value === 'string' && reportsFailureInWords(normalize(value))
    if (praised && (numberOf(value) ?? 0) > LAST_STATUS) return false
    return OUTCOME.test(name) && refuses(name, value)
  })
}

function isPraise(value: unknown): boolean {
  return typeof value === 'string' && reportsSuccessInWords(normalize(value))
}

/**
 * Checks if the plain text of a success is still a refusal: its first word, a report of a failure, or a line that would
 * be one as a member of JSON.
 */
export function isRefusal(text: string): boolean {
  return reportsFailureInWords(normalize(text)) || text.slice(0, 2_000).split('\n', 20).some(refusesInLine)
}

function refusesInLine(line: string): boolean {
  const [, name, value] = line.trim().match(LINE) ?? []
  return name !== undefined && failsWithin({ [name]: value }, 0, { left: MOST_VALUES })
}

function refuses(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return !value
  if (value === null) return YES_OR_NO.test(name)
  const number = numberOf(value)
  if (number !== undefined) return number < 0 || number >= 400 || (number === 0 && YES_OR_NO.test(name))
  if (typeof value !== 'string') return false
  const words = normalize(value)
  return words === '' ? YES_OR_NO.test(name) : refusesInWords(words)
}

function holdsSomething(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return !FINE.test(normalize(String(value ?? '')))
  return depth === 0 || Object.values(value).some((inner) => holdsSomething(inner, depth - 1))
}
