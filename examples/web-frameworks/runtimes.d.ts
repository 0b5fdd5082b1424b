// As much of these runtimes' own declarations as the examples need.

declare namespace Bun {
  function serve(options: { port: number; routes: Record<string, (request: Request) => Promise<Response>> }): unknown
}

declare module 'cloudflare:workers' {
  export const env: {
    readonly APP_ID: string
    readonly APP_SECRET: string
    readonly APP_HOST: string
    readonly SESSIONS: { get(key: string): Promise<string | null>; delete(key: string): Promise<void> }
  }
  export function waitUntil(promise: Promise<unknown>): void
}
