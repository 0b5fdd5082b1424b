import { type Fields, fieldsOf } from './answer-body.ts'

/** What the body of an answer says about a failure, in the provider's own words, which are not masked yet. */
export interface StatedError {
  /** The status that the body states, which may differ from the HTTP status. */
  readonly status?: number | undefined
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly apiCode?: number | undefined
}

/** Members that are named for an error. A success may have them too, empty or saying that all is well. */
const ERROR = /^(?:err|errors?|fault|exception)(?:code|no|msg|message|type|name|summary|description)?$/
/** Members that state how it went. */
const OUTCOME =
  /^(?:is)?(?:success|successful|succeeded|ok|revoked|result|outcome|state|type|(?:status|return|ret|result|response)?code|status|ret)$/
/** Among these, the ones for which 0 means no. */
const YES_OR_NO = /^(?:is)?(?:success|successful|succeeded|ok|revoked)$/
/** A word that turns down, anywhere in an outcome. */
const REFUSAL =
  /\b(?:no|nok|ko|not|false|err|errors?|fail(?:s|ed|ure|ing)?|invalid|den(?:y|ied)|refused|rejected|forbidden|un(?:auth\w*|supported|available|success\w*|able|known))\b/
/** What a member named for an error holds when there is none. */
const FINE = /^(?:0*|ok|none|null|false|success(?:ful)?|no ?errors?)$/

const DEPTH = 3

/**
 * Tells whether a JSON body reports a failure. It does when a member that is named for an error holds anything, or when
 * a member that is named for the outcome holds `false`, a negative number, a number of 400 or more, or a word of
 * refusal. Names and words count without case and punctuation, at the top and up to three levels below.
 */
export function reportsFailure(json: unknown): boolean {
  return failsWithin(json, DEPTH)
}

function failsWithin(json: unknown, depth: number): boolean {
  if (Array.isArray(json)) return depth > 0 && json.some((item) => failsWithin(item, depth - 1))
  const fields = fieldsOf(json)
  if (!fields) return refuses('', json)
  return Object.entries(fields).some(([key, value]) => {
    const name = normalize(key).replaceAll(' ', '')
    if (ERROR.test(name)) return holdsSomething(value, depth)
    if (typeof value === 'object') return depth > 0 && failsWithin(value, depth - 1)
    return OUTCOME.test(name) && refuses(name, value)
  })
}

/** Tells whether a plain text that came with a success is a refusal all the same: its first word decides. */
export function isRefusal(text: string): boolean {
  const words = normalize(text)
  // "No token= here" is prose; "no" is an answer.
  return words === 'no' || REFUSAL.test(words.replace(/^no\b/, '').split(' ', 1)[0] as string)
}

/** Reads what a JSON body says about a failure, from its top and what lies within. */
export function statedError(json: unknown): StatedError {
  const all = objectsWithin(json)
  const find = <T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined => {
    for (const fields of all) {
      for (const name of names) {
        const value = Object.hasOwn(fields, name) ? read(fields[name]) : undefined
        if (value !== undefined) return value
      }
    }
    return undefined
  }
  return {
    status: find(['statusCode', 'code', 'status'], (value) => numberOf(value, 400)),
    error: find(['error', 'errorCode', 'error_code', 'code'], textOf),
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
    apiCode: find(['apiCode'], numberOf),
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
  const number = numberOf(value)
  if (number !== undefined) return number < 0 || number >= 400 || (number === 0 && YES_OR_NO.test(name))
  return typeof value === 'string' && REFUSAL.test(normalize(value))
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

function numberOf(value: unknown, least = Number.NEGATIVE_INFINITY): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= least ? number : undefined
}
