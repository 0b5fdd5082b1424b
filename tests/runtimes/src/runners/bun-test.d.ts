/** The part of Bun that its runner needs. */
declare module 'bun:test' {
  export function test(name: string, run: () => Promise<void>): void
}

declare const Bun: {
  readonly version: string
  inspect(value: unknown, options: { depth: number }): string
}
