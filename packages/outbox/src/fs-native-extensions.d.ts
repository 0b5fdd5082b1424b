declare module 'fs-native-extensions' {
  /** Takes an exclusive lock of the operating system on an open file; `false` when somebody else holds it. */
  export function tryLock(fd: number): boolean
  export function unlock(fd: number): void
}
