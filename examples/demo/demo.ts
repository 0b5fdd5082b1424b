/**
 * A user's access token is revoked at logout: `npm run demo`.
 *
 * Without settings, it demonstrates this on a local provider. With `AUTHING_APP_ID`, `AUTHING_APP_HOST` and, if the
 * application has one, `AUTHING_APP_SECRET` set, it revokes the token on standard input at that provider.
 */
import { logOutAtEmulator } from './emulator-story.ts'
import { revokeFromStandardInput } from './revoke-standard-input.ts'

try {
  await (process.env.AUTHING_APP_ID ? revokeFromStandardInput() : logOutAtEmulator())
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
