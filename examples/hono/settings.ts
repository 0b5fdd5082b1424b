import type { Provider } from './sign-in.ts'

/** The settings on Node.js, Deno and Bun, from the environment. */
export function settings(): { readonly origin: string; readonly port: number; readonly provider: Provider } {
  const { APP_ORIGIN: origin = 'http://localhost:3000', PORT = '3000' } = process.env
  const { AUTHING_APP_ID: appId = '', AUTHING_APP_SECRET: appSecret = '', AUTHING_APP_HOST: appHost = '' } = process.env
  return { origin, port: Number(PORT), provider: { appId, appSecret, appHost } }
}
