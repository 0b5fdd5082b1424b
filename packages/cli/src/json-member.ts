/** A member of a JSON value by its name; or, without one, by its path: `session.token`. */
export function memberOf(value: unknown, path: string): unknown {
  const own = ownMember(value, path)
  return own === undefined ? path.split('.').reduce(ownMember, value) : own
}

function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}
