import { logout } from './logout.ts'

// Bun serves what the main module exports by default: `bun bun.ts`.
export default {
  port: Number(process.env.PORT ?? 3000),
  fetch: (request: Request) =>
    new URL(request.url).pathname === '/logout' ? logout(request) : new Response('Not found', { status: 404 }),
}
