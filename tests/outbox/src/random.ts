import { seeded } from './crash.ts'

/** Random choices that come out the same for the same seed. */
export interface Random {
  /** A whole number from 0 up to, and without, `count`. */
  below(count: number): number
  pick<T>(list: readonly T[]): T
  /** Whether something happens that happens this often. */
  chance(share: number): boolean
}

/** Makes {@link Random} of a seed. */
export function createRandom(seed: number): Random {
  const next = seeded(seed)
  const below = (count: number): number => Math.floor(next() * count)
  return {
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    chance: (share) => next() < share,
  }
}
