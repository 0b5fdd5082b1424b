/** The first bytes of files that are compressed, and the program that decompresses them. */
const COMPRESSED: readonly (readonly [start: readonly number[], program: string])[] = [
  [[0x1f, 0x8b], 'zcat'],
  [[0x42, 0x5a, 0x68], 'bzcat'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xzcat'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstdcat'],
]

/**
 * Recognizes a file with text in another form, by its first bytes.
 *
 * @param command The command that reads it, for advice.
 * @returns a description with advice, such as `UTF-16 text; save it as UTF-8`
 */
export function foreignFormat(start: Uint8Array, command: string): string | undefined {
  const program = COMPRESSED.find(([bytes]) => bytes.every((byte, at) => start[at] === byte))?.[1]
  // A token can begin with the letters of these files, but does not continue like them.
  if (program && !(program === 'bzcat' && !isDigit(start[3]))) {
    return `compressed; use '${program} FILE | backend-logout ${command} -'`
  }
  if (start[0] === 0x50 && start[1] === 0x4b && isControl(start[2])) {
    return 'a zip archive or a spreadsheet; export plain text with one token per line'
  }
  const encoding = encodingOf(start)
  return encoding && `${encoding} text; save it as UTF-8`
}

/** Recognizes UTF-16 and UTF-32 by their byte order mark, or by the zeros around a first character of ASCII. */
function encodingOf([first = 1, second = 1, third = 1, fourth = 1]: Uint8Array): string | undefined {
  const isZero = [first, second, third, fourth].map((byte) => byte === 0)
  const zeros = isZero.map((zero) => (zero ? '0' : 'x')).join('')
  const bytes = (first << 8) | second
  if ((bytes === 0xfffe && zeros === 'xx00') || zeros === 'x000' || zeros === '000x') return 'UTF-32'
  if (zeros === '00xx' && third === 0xfe && fourth === 0xff) return 'UTF-32'
  if (bytes === 0xfffe || bytes === 0xfeff || /^x0x[0x]|^0x0x/.test(zeros)) return 'UTF-16'
  return undefined
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x31 && byte <= 0x39
}

function isControl(byte: number | undefined): boolean {
  return byte !== undefined && byte < 0x20
}
