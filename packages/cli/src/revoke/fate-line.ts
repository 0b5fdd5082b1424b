import type { Revocation } from '@backend-logout/node'

/**
 * Writes what became of one token as a line of the report, without a line break. Put together by hand, as it is on the
 * way of every token.
 *
 * @param line The number of its line in the input.
 * @param token Its fingerprint.
 * @param revoked Whether it is as the run was asked to make it.
 */
export function formatFate(line: number, token: string, revoked: boolean, fate: Revocation): string {
  const { tokenType, state, attempts, status, requestId, durationMs, error } = fate
  let text = `{"line":${line},"token":"${token}","state":"${state}","revoked":${revoked},"attempts":${attempts}`
  text += `,"durationMs":${Math.round(durationMs * 10) / 10}`
  if (status !== undefined) text += `,"status":${status}`
  if (tokenType !== undefined) text += `,"tokenTypeHint":${JSON.stringify(tokenType)}`
  if (requestId !== undefined) text += `,"requestId":${JSON.stringify(requestId)}`
  if (error) text += `,"error":${JSON.stringify({ code: error.code, message: error.message })}`
  return `${text}}`
}

/** Writes the line for an input line that holds no token and should. */
export function formatInvalid(line: number, message: string): string {
  return JSON.stringify({ line, state: 'live', revoked: false, error: { code: 'invalid_line', message } })
}
