import { closeSync, openSync, readSync } from 'node:fs'

const NEWLINE = 10
/** An outcome has its time before that, so those of two runs differ. */
const START_BYTES = 256

/** The first line of an output, as far as it is compared; `undefined` if the line is not complete. */
export function startOfOutput(data: Uint8Array): Uint8Array | undefined {
  const start = data.subarray(0, START_BYTES)
  const end = start.indexOf(NEWLINE)
  if (end !== -1) return start.subarray(0, end)
  return start.length === START_BYTES ? start : undefined
}

/** The first bytes of an output, for {@link startOfOutput}. @throws the system's error when it cannot be read */
export function firstBytesOf(path: string): Buffer {
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(START_BYTES)
    return buffer.subarray(0, readSync(fd, buffer, 0, START_BYTES, 0))
  } finally {
    closeSync(fd)
  }
}
