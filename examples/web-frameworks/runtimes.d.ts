// The part of these runtimes' declarations that the examples need.

declare namespace Bun {
  function serve(options: { port: number; routes: Record<string, (request: Request) => Promise<Response>> }): unknown
}

declare module 'cloudflare:workers' {
  interface Statement {
    bind(...values: string[]): Statement
    first(column: string): Promise<string | null>
    run(): Promise<unknown>
  }

  export const env: {
    readonly APP_ID: string
    readonly APP_SECRET: string
    readonly APP_HOST: string
    readonly DB: { prepare(sql: string): Statement }
  }
  export function waitUntil(promise: Promise<unknown>): void
}
