import type { Provider } from './sign-in.ts'

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set.`)
  return value
}

/** The settings on Node.js, Deno and Bun, from the environment. */
export function settings(): { readonly origin: string; readonly port: number; readonly provider: Provider } {
  const { APP_ORIGIN: origin = 'http://localhost:3000', PORT = '3000' } = process.env
  const provider = {
    appId: required('AUTHING_APP_ID'),
    appSecret: required('AUTHING_APP_SECRET'),
    appHost: required('AUTHING_APP_HOST'),
  }
  return { origin, port: Number(PORT), provider }
}
