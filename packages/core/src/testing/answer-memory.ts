/**
 * A program that measures the memory of an incomplete response whose size has reached the limit, in bytes, and prints it
 * as JSON. It is separate, so that nothing else takes or frees memory. Run it with `--expose-gc`.
 */
import { fetchTransport } from '../fetch-transport.ts'

const LIMIT = 65_536
const ANSWERS = 8
/** Kept reachable: an object that nothing can finish is garbage. */
const held: unknown[] = []

/** A response that arrives in pieces of one size; `sent` resolves when all of it was read. */
function unfinished(pieceBytes: number, length: string | undefined): { response: Response; sent: Promise<void> } {
  const { promise: sent, resolve } = Promise.withResolvers<void>()
  let left = LIMIT - (LIMIT % pieceBytes)
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (left === 0) {
          resolve()
          return new Promise(() => {})
        }
        left -= pieceBytes
        return controller.enqueue(new Uint8Array(pieceBytes).fill(120))
      },
    },
    { highWaterMark: 0 },
  )
  return { response: new Response(body, { headers: length ? { 'content-length': length } : {} }), sent }
}

async function receive(answers: number, pieceBytes: number, length: string | undefined): Promise<void> {
  const { signal } = new AbortController()
  const request = { method: 'POST', url: 'https://example.com', headers: {}, body: '', maxBodyBytes: LIMIT } as const
  for (let answer = 0; answer < answers; answer++) {
    const { response, sent } = unfinished(pieceBytes, length)
    held.push(response, fetchTransport(async () => response).send({ ...request, signal }))
    await sent
  }
}

function memoryInUse(): number {
  // Objects that the first collection frees may hold more.
  for (let time = 0; time < 3; time++) globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const measured: [what: string, perAnswer: number][] = []
for (const [pieceBytes, length] of [
  [1, undefined],
  [1, `${LIMIT}`],
  [13, undefined],
  [4_096, undefined],
] as const) {
  await receive(2, pieceBytes, length)
  const before = memoryInUse()
  await receive(ANSWERS, pieceBytes, length)
  measured.push([`pieces of ${pieceBytes}, length ${length}`, (memoryInUse() - before) / ANSWERS])
}
process.stdout.write(JSON.stringify(measured))
