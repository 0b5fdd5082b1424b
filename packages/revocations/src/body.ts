/**
 * Reads a body as text on arrival, so that a hostile server cannot fill the memory with tiny chunks.
 *
 * @returns an empty text if it has more than `maxBytes`; then the rest is not read
 */
export async function readText({ body }: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let text = ''
  let size = 0
  for (;;) {
    const { value } = (await reader?.read()) ?? {}
    if (!value) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) return ''
    text += decoder.decode(value, { stream: true })
  }
}
