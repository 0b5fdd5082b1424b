/** A set of line numbers, kept as ranges: a million lines that are done take as much memory as one. */
export class LineSet {
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #size = 0

  /** How many lines are in it. */
  get size(): number {
    return this.#size
  }

  /** Adds all lines of a range, ends included. Cheapest near the end, which is where lines are added. */
  add(from: number, to: number = from): void {
    const starts = this.#starts
    const ends = this.#ends
    // The ranges that touch the new one, from `first` up to but not including `last`, become part of it.
    let last = starts.length
    while (last > 0 && (starts[last - 1] as number) > to + 1) last--
    let first = last
    let start = from
    let end = to
    while (first > 0 && (ends[first - 1] as number) >= from - 1) {
      first--
      start = Math.min(start, starts[first] as number)
      end = Math.max(end, ends[first] as number)
      this.#size -= (ends[first] as number) - (starts[first] as number) + 1
    }
    starts.splice(first, last - first, start)
    ends.splice(first, last - first, end)
    this.#size += end - start + 1
  }

  /** Whether a line is in it. */
  has(line: number): boolean {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] as number) <= line) low = middle + 1
      else high = middle
    }
    return low > 0 && (this.#ends[low - 1] as number) >= line
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

/** Reads what {@link formatLines} wrote; `undefined` when it is something else. */
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
