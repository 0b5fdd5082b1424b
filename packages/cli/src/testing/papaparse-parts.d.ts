/**
 * The parts of Papa Parse that tests use. Its published types require those of a browser.
 *
 * @see {@link https://www.papaparse.com/docs}
 */
declare module 'papaparse' {
  interface ParseResult {
    readonly data: readonly (readonly string[])[]
    /** `MissingQuotes`: a quoted cell does not end. `InvalidQuotes`: text follows its end. */
    readonly errors: readonly { readonly code: string }[]
  }

  const Papa: {
    parse(text: string, config: { readonly delimiter: string; readonly newline: string }): ParseResult
    unparse(
      rows: readonly (readonly string[])[],
      config: { readonly newline: string; readonly delimiter?: string; readonly quotes?: boolean },
    ): string
  }
  export default Papa
}
