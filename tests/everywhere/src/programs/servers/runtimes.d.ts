// The part of these runtimes' declarations that the programs need.

declare namespace Bun {
  function serve(options: {
    port: number
    hostname: string
    routes: Record<string, (request: Request) => Promise<Response>>
  }): unknown
}

declare namespace Deno {
  const env: { get(name: string): string | undefined }
  function serve(options: { port: number; hostname: string }, handler: (request: Request) => Promise<Response>): unknown
}

declare module 'cloudflare:workers' {
  export const env: { readonly ISSUER: string; readonly ENDED: string }
}
