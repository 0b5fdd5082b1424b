import fs from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { startSparingly } from './small-memory.ts'

type Init = Awaited<ReturnType<NodeFS['init']>>
type Node = object
/** The parts of Emscripten's file system on Node.js that are changed here. */
interface NodeFiles {
  realPath(node: Node): string
  readonly node_ops: {
    mknod(parent: Node, name: string, mode: number, device: number): Node
    setattr(node: Node, attributes: { mode?: number | undefined }): void
  }
  readonly stream_ops: {
    fsync?(stream: { nfd?: number }): number
    setattr(stream: object, attributes: { mode?: number | undefined }): void
  }
}
type PreRun = (module: { readonly NODEFS: NodeFiles }) => void

/**
 * PGlite's files in a folder, private to this user, with `fsync` where Postgres requests it. PGlite itself does
 * neither: a commit survives the end of the process, but not a crash of the machine, and files have mode 0666.
 */
class DurableFiles extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): Promise<Init> {
    const init = await super.init(...args)
    const adapt: PreRun = (module) => {
      makePrivate(module.NODEFS)
      module.NODEFS.stream_ops.fsync = ({ nfd }) => {
        // A folder has no separate descriptor here, so Postgres cannot sync folders.
        if (nfd !== undefined) fs.fsyncSync(nfd)
        return 0
      }
    }
    const { preRun = [] } = init.emscriptenOpts
    const before = typeof preRun === 'function' ? [preRun] : preRun
    return { ...init, emscriptenOpts: { ...init.emscriptenOpts, preRun: [...before, adapt as never] } }
  }
}

/** Removes the rights of group and others from files and folders, whatever the umask and whatever Postgres requests. */
function makePrivate(files: NodeFiles): void {
  const { node_ops, stream_ops } = files
  const { mknod } = node_ops
  node_ops.mknod = (parent, name, mode, device) => {
    const node = mknod(parent, name, mode & ~0o077, device)
    // The umask may have removed rights of the owner. Windows only supports a read-only flag.
    if (process.platform !== 'win32') fs.chmodSync(files.realPath(node), mode & 0o700)
    return node
  }
  for (const operations of [node_ops, stream_ops] as { setattr: NodeFiles['node_ops']['setattr'] }[]) {
    const { setattr } = operations
    operations.setattr = (target, attributes) =>
      setattr(target, attributes.mode == null ? attributes : { ...attributes, mode: attributes.mode & ~0o077 })
  }
}

/** Options that make a commit in Postgres wait for {@link DurableFiles}: only `fsync` reaches it. */
const DURABLE_START: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'wal_sync_method=fsync',
  // Sized for a queue, not for a server: the memory of the process, and the files of the folder in addition to the
  // logouts.
  '-c',
  'shared_buffers=32MB',
  '-c',
  'max_wal_size=128MB',
]

/** Opens the database in a folder, so that commits survive a crash of the machine. In an empty one, it creates it. */
export function openDurableFiles(folder: string): Promise<PGlite> {
  return startSparingly(() => PGlite.create({ fs: new DurableFiles(folder), startParams: [...DURABLE_START] }))
}
