import { createReceiver, type Places } from './back-channel.ts'

const { env, serve } = Deno
const [ISSUER, ENDED] = [env.get('ISSUER'), env.get('ENDED')] as const
serve({ port: Number(env.get('PORT')), hostname: '127.0.0.1' }, createReceiver({ ISSUER, ENDED } as Places))
