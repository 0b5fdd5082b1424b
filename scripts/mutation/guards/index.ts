import type { Mutation } from '../mutation.ts'
import { requestGuards } from './requests.ts'

/** Every guard that is known, in the order of the promises. */
export const guards: readonly Mutation[] = [...requestGuards]
