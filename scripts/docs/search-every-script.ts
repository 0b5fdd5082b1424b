import { createRequire } from 'node:module'

/** What is used here of lunr, which typedoc builds the index of the search with. */
interface Lunr {
  trimmer: Trimmer
  readonly Pipeline: { registerFunction(trimmer: Trimmer, label: string): void }
}

type Trimmer = (token: { update(change: (word: string) => string): unknown }) => unknown

const lunr = createRequire(import.meta.resolve('typedoc'))('lunr') as Lunr
const everyScript: Trimmer = (token) =>
  token.update((word) => word.replaceAll(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, ''))
lunr.Pipeline.registerFunction(everyScript, 'every-script')

/** Builds with an index that also holds words in Chinese: lunr removes all that is not a Latin letter. */
export async function findEveryScript(build: () => Promise<unknown>): Promise<void> {
  const { trimmer } = lunr
  lunr.trimmer = everyScript
  try {
    await build()
  } finally {
    lunr.trimmer = trimmer
  }
}
