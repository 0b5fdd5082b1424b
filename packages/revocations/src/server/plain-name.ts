/** True for a name of a schema or role that can be part of a statement without quotes. */
export function isPlainName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_][a-z0-9_]{0,49}$/.test(value)
}
