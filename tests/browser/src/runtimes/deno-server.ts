// Run by Deno, which has these types.
declare const Deno: {
  serve(
    options: { port: number; hostname: string; onListen(address: { port: number }): void },
    handler: (request: Request) => Promise<Response>,
  ): unknown
  args: string[]
}

import { createApplication } from './application.ts'

Deno.serve(
  { port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(`port ${port}`) },
  createApplication(JSON.parse(Deno.args[0] ?? '')),
)
