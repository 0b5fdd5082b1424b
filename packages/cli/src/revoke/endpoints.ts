/** The largest number of addresses in a journal or a report: those of a provider, and its metadata. */
export const MAX_ENDPOINTS = 16
/** So that a record with all of them is a line that can be read. */
const MAX_LENGTH = 2_048

/** The addresses in a member of a journal or a report, which anyone may have written. */
export function endpointsIn(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_ENDPOINTS).filter((one) => {
    return typeof one === 'string' && one.length <= MAX_LENGTH && URL.canParse(one)
  })
}
