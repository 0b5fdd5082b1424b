type Run = () => Promise<void>

/** For places without a test framework: runs all cases in their order, and resolves to the number of failures. */
export async function inTurn(register: (test: (name: string, run: Run) => void) => void): Promise<number> {
  const cases: Run[] = []
  register((_name, run) => cases.push(run))
  let failed = 0
  for (const run of cases) await run().catch(() => failed++)
  return failed
}
