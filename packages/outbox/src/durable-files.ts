import fs from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type Init = Awaited<ReturnType<NodeFS['init']>>
type PreRun = (module: { NODEFS: { stream_ops: { fsync?: (stream: { nfd?: number }) => number } } }) => void

/**
 * PGlite's files in a folder, with `fsync` where Postgres asks for it. PGlite itself leaves it out: a commit then
 * survives the end of the process, but not that of the machine.
 */
export class DurableFiles extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): Promise<Init> {
    const init = await super.init(...args)
    const syncFiles: PreRun = (module) => {
      module.NODEFS.stream_ops.fsync = ({ nfd }) => {
        // A folder has no descriptor of its own here; Postgres syncs those too, and that it must do without.
        if (nfd !== undefined) fs.fsyncSync(nfd)
        return 0
      }
    }
    const { preRun = [] } = init.emscriptenOpts
    const before = typeof preRun === 'function' ? [preRun] : preRun
    return { ...init, emscriptenOpts: { ...init.emscriptenOpts, preRun: [...before, syncFiles as never] } }
  }
}

/** How Postgres is started so that a commit waits for {@link DurableFiles}: only `fsync` gets through to it. */
export const DURABLE_START: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'wal_sync_method=fsync',
  // For a queue, and not for a server: the memory of the process, and what lies in the folder besides the logouts.
  '-c',
  'shared_buffers=32MB',
  '-c',
  'max_wal_size=128MB',
]
