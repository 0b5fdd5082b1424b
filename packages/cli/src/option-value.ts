import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'

// The errors of commander repeat the argument, which may be a misplaced token. These do not.

/** Makes a parser for an option that takes a whole number. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
    return refuse(`${option} must be a whole number from ${min} to ${max}.`)
  }
}

/** Makes a parser for an option that takes one of a few words. */
export function oneOf<const T extends string>(option: string, choices: readonly T[]): (text: string) => T {
  return (text) => choices.find((choice) => choice === text) ?? refuse(`${option} must be ${formatList(choices)}.`)
}

/** A date, or a date and a time with an offset from UTC (RFC 3339). */
const DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * Makes a parser for an option that takes a date, which begins at 00:00 UTC, or a date and a time with an offset. Without
 * an offset, the same command would mean another time on another machine.
 */
export function date(option: string): (text: string) => Date {
  return (text) => {
    const [, day] = DATE.exec(text) ?? []
    const value = new Date(text)
    if (day !== undefined && isOfCalendar(day) && !Number.isNaN(value.getTime())) return value
    return refuse(
      `${option} must be a date of the calendar, such as 2027-01-31 (00:00 UTC), or a date and a time with Z or an offset, ` +
        'such as 2027-01-31T12:00:00Z or 2027-01-31T20:00:00+08:00.',
    )
  }
}

/** JavaScript reads February 30 as March 2. */
function isOfCalendar(day: string): boolean {
  const midnight = new Date(day)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/** Makes a parser for an option that takes the address of a page. */
export function webAddress(option: string): (text: string) => string {
  return (text) => {
    const url = URL.parse(text)
    if (url && /^https?:$/.test(url.protocol) && !text.includes('#')) return text
    return refuse(`${option} must be a URL, such as http://localhost:3000/goodbye.`)
  }
}

/** Makes a parser for an option that takes the name of a kind of token (RFC 7009 §2.1). */
export function tokenTypeHint(option: string): (text: string) => string {
  return (text) => {
    if (/^(?:[a-z][a-z_-]{0,39}|urn:[\w:.-]{1,90})$/.test(text)) return text
    return refuse(`${option} must be a name such as access_token or refresh_token.`)
  }
}

/** Makes a parser for an option that adds `name=value`, or a bare name, each time that it is passed. */
export function parameters(
  option: string,
): (text: string, earlier?: Readonly<Record<string, string | true>>) => Record<string, string | true> {
  return (text, earlier = {}) => {
    const at = text.indexOf('=')
    const name = at === -1 ? text : text.slice(0, at)
    if (!/^[\w.-]{1,100}$/.test(name)) refuse(`${option} must be a name, or name=value.`)
    if (Object.hasOwn(earlier, name)) refuse(`${option} must not set the same name twice.`)
    return { ...earlier, [name]: at === -1 ? true : text.slice(at + 1) }
  }
}

function formatList(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
}

function refuse(message: string): never {
  throw new CommandError(ExitCode.usage, message)
}
