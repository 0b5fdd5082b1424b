/**
 * A user's access token dies at logout: `npm run demo`.
 *
 * Without settings it tells the whole story on a local provider. With `AUTHING_APP_ID`, `AUTHING_APP_HOST` and, where
 * the application has one, `AUTHING_APP_SECRET` set, it revokes the token on standard input at that provider.
 */
import { logOutAtEmulator } from './emulator-story.ts'
import { revokeFromStandardInput } from './revoke-standard-input.ts'

try {
  await (process.env.AUTHING_APP_ID ? revokeFromStandardInput() : logOutAtEmulator())
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
