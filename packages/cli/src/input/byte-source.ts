import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

/** Source of bytes. They are read into a reused buffer, so that memory stays flat. */
export interface ByteSource {
  /** Reads some bytes into `target` from `offset` on, and returns their number; 0 at the end. */
  read(target: Buffer, offset: number): Promise<number>
  /** Closes it, even while a reader waits for bytes. */
  close(): Promise<void>
}

/** Reads a file. */
export function fileSource(file: FileHandle): ByteSource {
  return {
    read: async (target, offset) => (await file.read(target, offset, target.length - offset)).bytesRead,
    close: () => file.close(),
  }
}

/** Reads a stream, such as standard input. */
export function streamSource(stream: Readable): ByteSource {
  // Errors after the last read are irrelevant.
  stream.on('error', () => {})
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let chunk: Buffer = Buffer.alloc(0)
  return {
    async read(target, offset) {
      while (chunk.length === 0) {
        const { done, value } = await chunks.next()
        if (done) return 0
        chunk = value
      }
      const count = chunk.copy(target, offset)
      chunk = chunk.subarray(count)
      return count
    },
    close: async () => {
      stream.destroy()
    },
  }
}
