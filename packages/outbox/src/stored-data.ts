import { MAX_JWE_LENGTH } from './jwe.ts'

/**
 * The largest data of a logout or a dead letter, in bytes: a JWE of the maximum length, and what is stored with it.
 * Anyone who can write into the database can write up to 256 MiB into a row, which may take a hundredth of that there.
 */
export const MAX_DATA_BYTES: number = MAX_JWE_LENGTH + 1_000
/** The same for a note. */
const MAX_NOTE_BYTES = 10_000

/** The most levels of data, because anything deeper could be read, but not written. */
const MAX_LEVELS = 100
/** The most digits of a number, which has far fewer in the data of an outbox. */
const MAX_DIGITS = 50

/**
 * An SQL expression: true if the text of some JSON is about as long as its size suggests. Numbers such as `1e131071` take
 * 12 bytes in the database, and 128 KiB as text, so that a small row could exhaust the memory of every worker.
 */
export const isPlain = (json: string): string =>
  `(NOT jsonb_path_exists(${json}, 'strict $.**{${MAX_LEVELS}}') AND NOT EXISTS (
    SELECT FROM jsonb_path_query(${json}, 'strict $.**{0 to ${MAX_LEVELS}} ? (@.type() == "number")') AS number
    WHERE length(number::text) > ${MAX_DIGITS}))`

/** An SQL expression: a string or a number of some JSON as text, or NULL. The text of an array can be of any length. */
export const scalar = (json: string): string =>
  `CASE WHEN jsonb_typeof(${json}) IN ('string', 'number') THEN ${json} #>> '{}' END`

/** An SQL expression: the data of a note, or NULL if it is larger than any note. */
export const NOTE_DATA: string = `CASE WHEN pg_column_size(data) <= ${MAX_NOTE_BYTES} THEN data END`

/** An SQL expression: the whole data, decompressed, or NULL if its size in the database is that of no logout. */
export const WHOLE_DATA: string = `CASE WHEN pg_column_size(data) <= ${MAX_DATA_BYTES} THEN data #> '{}' END`

/** An SQL expression over {@link WHOLE_DATA}: its JWE, or NULL without one, or with more than a logout has. */
export const JWE: string = `CASE WHEN pg_column_size(data) <= ${MAX_DATA_BYTES} AND jsonb_typeof(data->'jwe') = 'string' THEN data->>'jwe' END`
