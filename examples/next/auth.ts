import type { NextAuthOptions } from 'next-auth'
import { client } from './logout-client'

declare module 'next-auth/jwt' {
  interface JWT {
    tokens?: {
      readonly accessToken: string
      readonly refreshToken?: string | undefined
      readonly idToken?: string | undefined
    }
  }
}

const { AUTHING_APP_ID: clientId = '', AUTHING_APP_SECRET: clientSecret = '', AUTHING_APP_HOST = '' } = process.env

export const authOptions: NextAuthOptions = {
  session: { strategy: 'jwt' },
  providers: [
    {
      id: 'genauth',
      name: 'GenAuth',
      type: 'oauth',
      wellKnown: `${AUTHING_APP_HOST}/oidc/.well-known/openid-configuration`,
      clientId,
      clientSecret,
      client: { token_endpoint_auth_method: 'client_secret_post' },
      authorization: { params: { scope: 'openid profile offline_access', prompt: 'consent' } },
      checks: ['pkce', 'state'],
      idToken: true,
      profile: ({ sub }) => ({ id: sub }),
    },
  ],
  callbacks: {
    // Only the encrypted cookie has the tokens. The `session` callback, whose result pages can read, does not add them.
    jwt({ token, account }) {
      if (!account?.access_token) return token
      const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = account
      return { ...token, tokens: { accessToken, refreshToken, idToken } }
    },
  },
  events: {
    async signOut({ token }) {
      const { tokens } = await client.logout(token?.tokens)
      for (const { error } of tokens) if (error) console.error('A token was not revoked:', error.code)
    },
  },
}
