/** A guard that is removed from the code, and the test that must notice. */
export interface Mutation {
  /** The promise in `SECURITY.md` that the guard keeps: the exact beginning of its row. */
  readonly promise: string
  /** The guard, as the table describes it to its readers: the action of the code. */
  readonly guard: string
  /** The file that holds the guard, from the root of the repository. */
  readonly file: string
  /** Its code. The text must occur exactly once in the file. */
  readonly find: string
  /** The code without the guard. It must still be valid, or a test would fail for the wrong reason. */
  readonly replace: string
  readonly test: NamedTest
}

/** A test that fails without the guard. */
export interface NamedTest {
  /** One of the files that the promise links to. */
  readonly file: string
  /** The name of a test, or of a group or row of tests, as it is written in the file. */
  readonly name: string
}

/** A file's code without the guard. */
export function withoutGuard(code: string, { find, replace }: Pick<Mutation, 'find' | 'replace'>): string {
  // A function, because `$` has a meaning in texts.
  return code.replace(find, () => replace)
}

/** The fields that several guards share. */
export interface Place {
  readonly promise: string
  readonly file: string
  /** The file of the tests. */
  readonly test: string
}

/** Makes mutations of the guards in one file: what the guard does, its code, the code without it, and the test's name. */
export function guardsIn(
  { promise, file, test }: Place,
  guards: readonly (readonly [guard: string, find: string, replace: string, name: string])[],
): Mutation[] {
  return guards.map(([guard, find, replace, name]) => {
    return { promise, guard, file, find, replace, test: { file: test, name } }
  })
}
