import { MAX_JWE_LENGTH } from './jwe.ts'

/**
 * The largest data of a logout or a dead letter, in bytes: a JWE of the maximum length, and what is stored with it.
 * Anyone who can write into the database can write up to 256 MiB into a row, which may take a hundredth of that there.
 */
export const MAX_DATA_BYTES: number = MAX_JWE_LENGTH + 1_000
/** The same for a note. */
const MAX_NOTE_BYTES = 10_000

/** An SQL expression: the data of a note, or NULL if it is larger than any note. Its size in the database is enough. */
export const NOTE_DATA: string = `CASE WHEN pg_column_size(data) <= ${MAX_NOTE_BYTES} THEN data END`

/** An SQL expression: the whole data, decompressed, or NULL if its size in the database is that of no logout. */
export const WHOLE_DATA: string = `CASE WHEN pg_column_size(data) <= ${MAX_DATA_BYTES} THEN data #> '{}' END`

/** An SQL expression over {@link WHOLE_DATA}: its JWE, or NULL without one, or with more than a logout has. */
export const JWE: string = `CASE WHEN pg_column_size(data) <= ${MAX_DATA_BYTES} AND jsonb_typeof(data->'jwe') = 'string' THEN data->>'jwe' END`
