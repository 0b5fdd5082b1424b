import type { ReceiverStep } from './events.ts'

/** A logout was not completed, because a store of the application failed. Repeating it is harmless. */
export class IncompleteLogoutError extends Error {
  /** The step that failed first. */
  readonly step: ReceiverStep

  /** Creates an error. */
  constructor(step: ReceiverStep, cause: unknown) {
    super(`The logout is not complete, because the step '${step}' failed. Try again.`, { cause })
    this.name = 'IncompleteLogoutError'
    this.step = step
  }
}
