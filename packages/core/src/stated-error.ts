import { DEPTH, type Fields, fieldsOf, numberOf } from './answer-body.ts'
import { parseWait } from './requested-wait.ts'

/** A failure that a response body reports, with the provider's unmasked text. */
export interface StatedError {
  /** The status that the body states, which may differ from the HTTP status. */
  readonly status?: number | undefined
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly apiCode?: number | undefined
}

/** Reads a failure from a JSON body, at its top level and inside. */
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

/** Reads the wait from a JSON body, in milliseconds, if the headers have none. */
export function statedWait(json: unknown, now: number): number | undefined {
  const find = finderIn(json)
  return (
    find(['retry_after_ms', 'retryAfterMs'], (value) => parseWait(value, now, 1)) ??
    find(['retry_after', 'retryAfter', 'retryDelay'], (value) => parseWait(value, now))
  )
}

/** Creates a function that finds a value by its name, the outermost first. */
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

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
