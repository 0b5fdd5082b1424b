import { createLogoutClientFromEnv } from '@backend-logout/node'

const MAX_INPUT = 65_536

/**
 * Revokes the token on standard input at the provider that the environment names.
 *
 * @throws LogoutError if the provider did not accept the revocation; Error without a token
 */
export async function revokeFromStandardInput(): Promise<void> {
  await using client = createLogoutClientFromEnv()
  if (process.stdin.isTTY)
    console.log(`Paste the access token to revoke at ${process.env.AUTHING_APP_HOST}, then press Enter:`)
  const token = await firstLine(process.stdin)
  if (!token)
    throw new Error('AUTHING_APP_ID is set, so a token to revoke is expected on standard input; there is none.')
  await client.revokeToken(token)
  console.log(`✓ ${process.env.AUTHING_APP_HOST} accepted the revocation of the access token.`)
}

async function firstLine(input: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of input) {
    text += chunk
    if (text.includes('\n') || text.length > MAX_INPUT) break
  }
  return text.split('\n', 1)[0]?.trim() ?? ''
}
