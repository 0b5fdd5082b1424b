import { describe } from 'vitest'
import { BEHAVIORS, type BehaviorName } from './behaviors.ts'

/** Groups the tests of one behavior, which `behaviors.ts` describes. */
export function describeBehavior(name: BehaviorName, tests: () => void): void {
  describe(`${BEHAVIORS[name].happens} (${BEHAVIORS[name].reports.join(', ')})`, tests)
}
