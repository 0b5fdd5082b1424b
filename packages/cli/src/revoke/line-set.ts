/** Number of out-of-order ranges that are kept before they are merged. */
const MAX_PENDING = 1_048_576

/** A set of line numbers, kept as ranges: a million consecutive lines take as much memory as one. */
export class LineSet {
  // Ascending and disjoint.
  #starts: number[] = []
  #ends: number[] = []
  /** Ranges that came out of order, as alternating start and end. Inserting each would move all that follow. */
  #pending: number[] = []

  /** The number of ranges that it needs, not counting up to a million lines that came out of order. */
  get ranges(): number {
    return this.#starts.length
  }

  /** Number of lines in it. */
  get size(): number {
    this.#sortIn()
    return this.#starts.reduce((sum, start, at) => sum + (this.#ends[at] as number) - start + 1, 0)
  }

  /** Adds all lines of a range, ends included. */
  add(from: number, to: number = from): void {
    if (this.#append(from, to)) return
    this.#pending.push(from, to)
    if (this.#pending.length >= 2 * MAX_PENDING) this.#sortIn()
  }

  /** True if it contains a line. */
  has(line: number): boolean {
    this.#sortIn()
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] as number) <= line) low = middle + 1
      else high = middle
    }
    return low > 0 && (this.#ends[low - 1] as number) >= line
  }

  /** Adds a range that begins in the last one or after it, as nearly all do. */
  #append(from: number, to: number): boolean {
    const last = this.#starts.length - 1
    if (last >= 0 && from < (this.#starts[last] as number)) return false
    const end = this.#ends[last]
    if (end !== undefined && from <= end + 1) this.#ends[last] = Math.max(end, to)
    else {
      this.#starts.push(from)
      this.#ends.push(to)
    }
    return true
  }

  #sortIn(): void {
    if (this.#pending.length === 0) return
    const starts = [...this.#starts, ...this.#pending.filter((_, at) => at % 2 === 0)]
    const ends = [...this.#ends, ...this.#pending.filter((_, at) => at % 2 === 1)]
    const order = Uint32Array.from(starts, (_, at) => at).sort((a, b) => (starts[a] as number) - (starts[b] as number))
    this.#starts = []
    this.#ends = []
    this.#pending = []
    for (const at of order) this.#append(starts[at] as number, ends[at] as number)
  }
}

/** Writes line numbers as text: `3-7,9`. Sorts the array in place. */
export function formatLines(lines: number[]): string {
  lines.sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < lines.length; ) {
    const start = lines[at] as number
    let end = start
    while (++at < lines.length && (lines[at] as number) <= end + 1) end = lines[at] as number
    parts.push(start === end ? `${start}` : `${start}-${end}`)
  }
  return parts.join(',')
}

/** Reads what {@link formatLines} wrote; `undefined` when it is not a file. */
export function parseLines(text: string): (readonly [from: number, to: number])[] | undefined {
  if (text === '') return []
  const ranges: [number, number][] = []
  for (const part of text.split(',')) {
    const found = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(part)
    if (!found) return undefined
    const from = Number(found[1])
    const to = Number(found[2] ?? found[1])
    if (to < from) return undefined
    ranges.push([from, to])
  }
  return ranges
}
