import { startEmulator } from '@backend-logout/emulator'

// Runs until its parent closes its standard input.
const { appHost } = await startEmulator({ cors: true })
console.log(appHost)
process.stdin.resume().once('close', () => process.exit())
