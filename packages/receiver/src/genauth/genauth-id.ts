/** The form of GenAuth's ids, with a wide limit. */
const ID = /^[\x21-\x7e]{1,256}$/

/** Recognizes the id of a user, an application, a user pool or a tenant. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value)
}
