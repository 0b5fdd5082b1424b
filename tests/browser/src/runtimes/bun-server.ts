// Run by Bun, which has these types.
declare const Bun: {
  serve(options: { port: number; hostname: string; fetch: (request: Request) => Promise<Response> }): { port: number }
}

import { createApplication } from './application.ts'

const { port } = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: createApplication(JSON.parse(process.argv[2] ?? '')),
})
console.log(`port ${port}`)
