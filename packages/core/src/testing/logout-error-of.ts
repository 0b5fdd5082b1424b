import { LogoutError } from '../errors.ts'

/** Runs something that must fail with a {@link LogoutError}, and returns that error. */
export async function logoutErrorOf(run: () => unknown): Promise<LogoutError> {
  let value: unknown
  try {
    value = await run()
  } catch (error) {
    if (error instanceof LogoutError) return error
    throw new Error(`threw something else than a LogoutError: ${String(error)}`, { cause: error })
  }
  throw new Error(`did not throw, but gave ${JSON.stringify(value)}`)
}
