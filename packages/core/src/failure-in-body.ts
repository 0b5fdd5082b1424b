import { DEPTH, fieldsOf, MOST_VALUES, numberOf, unwrapped } from './answer-body.ts'
import { deniesEnd } from './denied-end.ts'
import { normalize, refusesInWords, reportsFailureInWords, reportsSuccessInWords } from './failure-words.ts'

const QUALIFIER =
  '^(?:(?:is|has|was|http|api|app|user|oauth|response|request|resp|operation|revocation|revoke|token|logout) )*'
/** Names of members that contain an error. A success may also have them, empty or with a positive value. */
const ERROR = new RegExp(
  `${QUALIFIER}(?:err(?:or)?s?(?: .*)?|err(?:or)?(?:code|no|num|id|msg|message|type|name|details?)|fault\\w*|exceptions?|fail(?:ed|ures?)?(?: (?:count|total|number|tokens?|ids?|items?))?|problems?|rejected|denied)$`,
)
/** Among these, the ones with a sentence, which can also report a success. */
const ERROR_TEXT = /(?:message|msg|desc(?:ription)?|details?|info|text|summary|reason)$/
/** Names of members that say whether it was done, or how often, or when. */
const DONE = 'success\\w*|succeed\\w*|ok|revoked|revocation|accepted|acknowledged|done|completed|deleted|removed'
/** Names of members that state the outcome. */
const OUTCOME = new RegExp(
  `${QUALIFIER}(?:${DONE}|result|outcome|state|type|kind|severity|level|ack|rc|(?:(?:status|return|ret|result|resp?) ?)?code|status|ret)$`,
)
/** Among these, the ones whose numbers are no codes. */
const DONE_OR_NOT = new RegExp(`\\b(?:${DONE})$`)
/** Among these, the ones for which 0 and an empty value mean no. */
const YES_OR_NO = /\b(?:success\w*|succeed\w*|ok|revoked)$/
/** Names of members that only `false` makes a refusal. They can also have an address or a date. */
const ACTION = /^(?:is |was )?(?:(?:logged|signed) ?out|logout|invalidated|terminated|revoke(?: (?:\w+ )?tokens?)?)$/
/** Names of members that give a code of the provider its meaning, if they are true. */
const AFFIRMED = /\b(?:success\w*|ok|revoked|flag)$/
/** Names of members with a sentence about the outcome. */
const SENTENCE = /(?:message|msg|desc|reason|detail)s?$/
/** Names of members with the outcome, in words for people. */
const MESSAGE = /^(?:\w+ )?(?:messages?|msg|text|desc(?:ription)?|details?|reason|info|title)$/
/** Values of an error member that mean no error. */
const FINE = /^(?:|[a-z]{0,3}0[0 ]*|200|ok|none|nil|null|n a|-|undefined|false|success(?:ful)?|no ?errors?)$/
/** Names of members that say whether there was an error, and their value for no. */
const ERROR_FLAG = /^(?:(?:is|has|was) )?(?:err(?:or)?s?|fail(?:ed|ure)?)(?: (?:yn|flag))?$/
const NO = /^\s*no?\s*$/i
/** Names of members of an error that say nothing about it. */
const ID = /(?:^| )(?:id|timestamp)$/

/** A line with a member and its value, as in `success: false`. */
const LINE = /^([a-z]\w{0,40})\s*[:=]\s*(.+)$/is
/** Numbers above it are no HTTP statuses, so only the provider knows what they mean. */
const LAST_STATUS = 599

type Member = readonly [name: string, value: unknown]

/** Names of members that, beside a success, say why it was done, or what else there is to know. */
const ASIDE =
  /^(?:(?:revocation|revoked?|logout|end) )?reason$|^(?:warnings?|notices?|deprecations?|links?|documentation)$/
/** A reason for a failure, as opposed to one to revoke, such as "failed login attempts". */
const REFUSED = /^\s*(?:error|fail(?:ed|ure)?|(?:invalid|unsupported)_\w+)\s*$/i
/** Names of members with what has ended, and words for its state. */
const TOKEN = /(?:^| )(?:token|session)$/
const STATE = /^(?:invalid|inactive|expired|unknown|not (?:valid|active|found))$/

/**
 * Checks if a JSON body reports a failure. It does when a member named for an error has a value, other than a sentence
 * that reports a success; when a member named for the outcome is negative: `false`, a negative number, a number of 400
 * or more, a word of refusal; or when a message says that something failed. Names and words count without case and
 * punctuation, at the top and up to three levels below, also in JSON that is text.
 */
export function reportsFailure(json: unknown): boolean {
  return failsWithin(json, DEPTH, { left: MOST_VALUES })
}

/** @param within The name of the list that has this value as an item; empty at the top. */
function failsWithin(json: unknown, depth: number, values: { left: number }, within = ''): boolean {
  if (values.left-- <= 0) return false
  if (Array.isArray(json)) return depth > 0 && json.some((item) => failsWithin(item, depth - 1, values, within))
  const fields = fieldsOf(json)
  // A list under `revoked` has names of tokens, which can contain any words.
  if (!fields) return within === '' ? refuses('', json) : !DONE_OR_NOT.test(within) && refusesAs(within, json)
  const entries = Object.entries(fields).slice(0, values.left)
  values.left -= entries.length
  const members = entries.map(([key, value]) => [normalize(key), unwrapped(value)] as const)
  const praised = members.some(isPraised)
  return members.some(([name, value]) => {
    if (ERROR.test(name)) return statesError(name, value, depth)
    if (praised && ASIDE.test(name)) return contradicts(value, depth)
    if (typeof value === 'object' && value !== null) {
      if (YES_OR_NO.test(name) && Object.values(value).includes(false)) return true
      const read = praised && TOKEN.test(name) ? withoutState(value) : value
      return depth > 0 && failsWithin(read, depth - 1, values, name)
    }
    return !(praised && (numberOf(value) ?? 0) > LAST_STATUS) && refusesAs(name, value)
  })
}

function statesError(name: string, value: unknown, depth: number): boolean {
  if (typeof value !== 'string') return holdsSomething(value, depth)
  return !isFine(value) && !(ERROR_TEXT.test(name) && isPraise(value)) && !(ERROR_FLAG.test(name) && NO.test(value))
}

/** Checks if what is said beside a success takes it back: that the token has not been revoked, or an error. */
function contradicts(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return deniesEnd(normalize(value)) || REFUSED.test(value)
  if (typeof value !== 'object' || value === null || depth <= 0) return false
  return Object.entries(value).some(([key, inner]) => {
    const name = normalize(key)
    if (ERROR.test(name)) return statesError(name, inner, depth)
    return (YES_OR_NO.test(name) && inner === false) || contradicts(inner, depth - 1)
  })
}

/** Checks if a value refuses as the value of a member by this name. */
function refusesAs(name: string, value: unknown): boolean {
  if (ACTION.test(name)) return String(value) === 'false'
  if (MESSAGE.test(name)) return typeof value === 'string' && reportsFailureInWords(value)
  return OUTCOME.test(name) && refuses(name, value)
}

function isPraised([name, value]: Member): boolean {
  if (AFFIRMED.test(name) && String(value) === 'true') return true
  return (MESSAGE.test(name) || OUTCOME.test(name)) && isPraise(value)
}

/** Leaves out words for the state of a token, which are true of one that has been revoked. */
function withoutState(value: object): object {
  if (Array.isArray(value)) return value
  const isState = (inner: unknown): boolean => typeof inner === 'string' && STATE.test(normalize(inner))
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => !isState(inner)))
}

/**
 * Checks if a message of a JSON body cannot be read, because it is in another encoding than UTF-8, and no member states a
 * success. It could report a failure.
 */
export function isGarbled(json: unknown): boolean {
  const members = [...membersWithin(json, DEPTH, { left: MOST_VALUES })]
  return members.some(([name, value]) => SENTENCE.test(name) && hasGarbage(value)) && !members.some(statesSuccess)
}

function hasGarbage(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\ufffd')
}

function statesSuccess(member: Member): boolean {
  const [name, value] = member
  if (isPraised(member)) return true
  return numberOf(value) === (ERROR.test(name) ? 0 : 200) && (ERROR.test(name) || OUTCOME.test(name))
}

function* membersWithin(json: unknown, depth: number, values: { left: number }): Iterable<Member> {
  if (typeof json !== 'object' || json === null || depth < 0) return
  for (const [key, value] of Object.entries(json)) {
    if (values.left-- <= 0) return
    const member = [normalize(key), unwrapped(value)] as const
    yield member
    yield* membersWithin(member[1], depth - 1, values)
  }
}

function isPraise(value: unknown): boolean {
  return typeof value === 'string' && reportsSuccessInWords(value)
}

/**
 * Checks if the plain text of a success is still a refusal: its first word, a report of a failure, or a line that would
 * be one as a member of JSON.
 */
export function isRefusal(text: string): boolean {
  return reportsFailureInWords(text) || text.slice(0, 2_000).split('\n', 20).some(refusesInLine)
}

function refusesInLine(line: string): boolean {
  const [, name, value] = line.trim().match(LINE) ?? []
  return name !== undefined && failsWithin({ [name]: value }, DEPTH, { left: MOST_VALUES })
}

function refuses(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return !value
  if (value === null) return YES_OR_NO.test(name)
  const number = numberOf(value)
  if (number === 0) return YES_OR_NO.test(name)
  if (number !== undefined) return number < 0 || (number >= 400 && !DONE_OR_NOT.test(name))
  if (typeof value !== 'string') return false
  return normalize(value) === '' ? YES_OR_NO.test(name) : refusesInWords(value)
}

/** Checks if the value of an error states one: not if its code means success, or if it only has an id. */
function holdsSomething(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return !isFine(value)
  if (depth === 0) return true
  if (Array.isArray(value)) return value.some((item) => holdsSomething(item, depth - 1))
  const members = Object.entries(value).map(([key, inner]) => [normalize(key), inner] as const)
  const fine = members.some(([name, inner]) => /code$/.test(name) && inner !== '' && inner !== null && isFine(inner))
  return members.some(([name, inner]) => {
    if (ID.test(name) || (fine && MESSAGE.test(name) && isPraise(inner))) return false
    return holdsSomething(inner, depth - 1)
  })
}

function isFine(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && FINE.test(normalize(String(value ?? '')))
}
