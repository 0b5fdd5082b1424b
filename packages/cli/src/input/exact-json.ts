/** `JSON` of Node.js 22, which the libraries of TypeScript do not describe yet. */
const { rawJSON } = JSON as JSON & { rawJSON(text: string): object }

/** Shorter numbers have at most 15 digits and a normal exponent, which a double keeps. */
const LONG_NUMBER = /(?<![\d.])[\d.]{16}|\d[eE][+-]?\d{3,}[\s,}\]]/

/**
 * Parses JSON so that `JSON.stringify` writes all digits of its numbers: ids above 2^53 would be changed to others. Such
 * numbers are objects in the value. The others are equal in any notation, such as `42` and `42.0`.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  // A function for each value takes several times as long.
  if (!LONG_NUMBER.test(text)) return JSON.parse(text)
  try {
    return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) => {
      const source = context?.source
      return typeof value === 'number' && source !== undefined && losesDigits(source, value) ? rawJSON(source) : value
    })
  } catch (error) {
    // Without a function, it can be read from deeper levels.
    if (error instanceof RangeError) return JSON.parse(text)
    throw error
  }
}

function losesDigits(source: string, value: number): boolean {
  const text = String(value)
  return source !== text && normalized(source) !== normalized(text)
}

/** The digits of a number without zeros around them, and its exponent: the same for each notation of a value. */
function normalized(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  let start = 0
  while (digits[start] === '0') start++
  let end = digits.length
  while (end > start && digits[end - 1] === '0') end--
  return start === end ? '0' : `${digits.slice(start, end)}e${whole.length - start + Number(exponent)}`
}
