import { DEPTH, type Fields, fieldsOf, MOST_VALUES, numberOf, unwrapped } from './answer-body.ts'
import { parseWait } from './requested-wait.ts'

/** A failure that a response body reports, with the provider's unmasked text. */
export interface StatedError {
  /** The status that the body states, which may differ from the HTTP status. */
  readonly status?: number | undefined
  readonly error?: string | undefined
  /** The error code that is a number, in decimal digits. */
  readonly number?: string | undefined
  readonly description?: string | undefined
  readonly apiCode?: number | undefined
  /** `true` if one of the errors, of which there can be several, is `invalid_client`. */
  readonly refusesClient?: boolean | undefined
}

/** An error code in OAuth's form. */
export const OAUTH_CODE: RegExp = /^[a-z]+(?:_[a-z]+)+$/

// Names of members, as `simplified()` writes them.
const STATUS = ['statuscode', 'code', 'status', 'httpstatus', 'httpstatuscode']
const ERROR = ['error', 'errorcode', 'errcode', 'errno', 'errortype', 'code', 'errors']
/** Names of members that contain a code only in some failures. */
const OUTCOME = ['status', 'result', 'type']
const DESCRIPTION = [
  'errordescription',
  'message',
  'errorsummary',
  'errormessage',
  'errormsg',
  'errmsg',
  'msg',
  'detail',
  'reason',
  'title',
  'faultstring',
  'description',
]

/** The largest number that is read as a code. More digits could be those of a secret. */
const LARGEST = 1e9

/** Reads a failure from a JSON body, at its top level and inside. */
export function statedError(json: unknown): StatedError {
  const members = membersWithin(json)
  return {
    status: find(members, STATUS, (value) => numberOf(value, 400, 599)),
    error: find(members, ERROR, oauthCodeOf, errorOf) ?? find(members, OUTCOME, codeOf),
    number: find(members, ERROR, numericCodeOf),
    description: find(members, DESCRIPTION, sentenceOf) ?? find(members, DESCRIPTION, textOf),
    apiCode: find(members, ['apicode'], (value) => numberOf(value, 0, LARGEST)),
    refusesClient: members.some((level) =>
      level.some(([name, value]) => ERROR.includes(name) && [value].flat().some(isInvalidClient)),
    ),
  }
}

/** Reads the wait from a JSON body, in milliseconds, if the headers have none. */
export function statedWait(json: unknown, now: number): number | undefined {
  const members = membersWithin(json)
  return (
    find(members, ['retryafterms'], (value) => parseWait(value, now, 1)) ??
    find(members, ['retryafter', 'retryafterseconds', 'retrydelay'], (value) => parseWait(value, now))
  )
}

/** Recognizes the error code for a refused credential, in any spelling. */
export function isInvalidClient(error: unknown): boolean {
  return typeof error === 'string' && /^\s*(?:[\w.:]{0,60}[.:])?invalid[ _-]?client\s*$/i.test(error)
}

type Members = readonly (readonly [name: string, value: unknown])[]

/** Finds a value by its name, in the outermost object that has it, in the first form that can be read there. */
function find<T>(
  objects: readonly Members[],
  names: readonly string[],
  ...forms: ((value: unknown) => T | undefined)[]
): T | undefined {
  for (const members of objects) {
    for (const read of forms) {
      for (const wanted of names) {
        for (const [name, value] of members) {
          const found = name === wanted ? read(value) : undefined
          if (found !== undefined) return found
        }
      }
    }
  }
  return undefined
}

/** The members of the objects of a body, from the outside to the inside. */
function membersWithin(json: unknown): Members[] {
  const found: Members[] = []
  let level = [json]
  for (let depth = 0; depth <= DEPTH && level.length; depth++) {
    const objects = level
      .flat()
      .slice(0, MOST_VALUES)
      .map((value) => fieldsOf(unwrapped(value)))
      .filter((fields) => fields !== undefined)
    found.push(...objects.map(membersOf))
    level = objects.flatMap((fields) => Object.values(fields))
  }
  return found
}

function membersOf(fields: Fields): Members {
  return Object.entries(fields)
    .slice(0, MOST_VALUES)
    .map(([key, value]) => [simplified(key), value] as const)
}

/** A name without case and punctuation, because providers spell the same name in several ways. */
function simplified(name: string): string {
  return name
    .slice(0, 100)
    .replace(/[^a-z]/gi, '')
    .toLowerCase()
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A text that says more than that something failed. */
function sentenceOf(value: unknown): string | undefined {
  const text = textOf(value)
  return /^(?:error|fail(?:ed|ure)?)$/i.test(text ?? '') ? undefined : text
}

/** The text of an error, or of the first one in a list. */
function errorOf(value: unknown): string | undefined {
  const [first] = [value].flat()
  return textOf(typeof first === 'string' ? first.trim() : undefined)
}

function oauthCodeOf(value: unknown): string | undefined {
  const error = errorOf(value)
  return error !== undefined && OAUTH_CODE.test(error) ? error : undefined
}

/** A number that is a code of the provider. Statuses of HTTP are not, and 0 means success. */
function numericCodeOf(value: unknown): string | undefined {
  const number = typeof value === 'number' ? numberOf(value, -LARGEST, LARGEST) : undefined
  const isStatus = number === 0 || number === 200 || numberOf(number, 400, 599) !== undefined
  return isStatus ? undefined : number?.toString()
}

/** A code that says more than that something failed. */
function codeOf(value: unknown): string | undefined {
  const error = errorOf(value)
  return error !== undefined && /^(?!(?:\d+|ok|errors?|fail\w*|false|no|ng|ko|nok)$)[\w.#-]{1,100}$/i.test(error)
    ? error
    : undefined
}
