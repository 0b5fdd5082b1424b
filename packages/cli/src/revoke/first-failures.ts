/** The maximum number of failures that are shown, and of those of the same kind. */
const SHOWN = 10
const SHOWN_ALIKE = 3

/**
 * Shows the first few failures of each kind in a run.
 *
 * @param output The file that has all of them, if there is one.
 */
export function firstOnes(
  show: (text: string) => void,
  output: string | undefined,
): (line: number, kind: string, why: string) => void {
  const seen = new Map<string, number>()
  let shown = 0
  let hinted = false
  return (line, kind, why) => {
    const alike = (seen.get(kind) ?? 0) + 1
    seen.set(kind, alike)
    if (alike <= SHOWN_ALIKE && shown < SHOWN) {
      shown++
      show(`backend-logout: line ${line}: ${why}`)
    } else if (!hinted) {
      hinted = true
      const where = output === undefined ? 'only counted; use --output to list all of them' : 'in the output'
      show(`backend-logout: further failures of a kind that was shown are ${where}.`)
    }
  }
}
