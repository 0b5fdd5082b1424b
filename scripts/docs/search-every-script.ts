import { createRequire } from 'node:module'

/** The part of lunr that is used here; typedoc builds the search index with it. */
interface Lunr {
  trimmer: Trimmer
  readonly Pipeline: { registerFunction(trimmer: Trimmer, label: string): void }
}

type Trimmer = (token: { update(change: (word: string) => string): unknown }) => unknown

const lunr = createRequire(import.meta.resolve('typedoc'))('lunr') as Lunr
const everyScript: Trimmer = (token) =>
  token.update((word) => word.replaceAll(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, ''))
lunr.Pipeline.registerFunction(everyScript, 'every-script')

/** Builds an index that also contains Chinese words: lunr removes everything except Latin letters. */
export async function findEveryScript(build: () => Promise<unknown>): Promise<void> {
  const { trimmer } = lunr
  lunr.trimmer = everyScript
  try {
    await build()
  } finally {
    lunr.trimmer = trimmer
  }
}
