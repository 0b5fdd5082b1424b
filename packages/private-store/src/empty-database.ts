import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'

/** With the usual 16 KiB, joining the chunks would take longer than everything else. */
const CHUNK_BYTES = 8_388_608

/**
 * Reads the files of an empty database, which this package contains. To create them, `initdb` in WebAssembly needs
 * several seconds of processor time. A bundle of an application does not contain them.
 *
 * @returns A tar archive, or `undefined` if it cannot be read.
 */
export async function readEmptyDatabase(): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    const packed = await readFile(new URL('../dist/empty-database.tar.br', import.meta.url))
    return await promisify(brotliDecompress)(packed, { chunkSize: CHUNK_BYTES })
  } catch {
    return undefined
  }
}
