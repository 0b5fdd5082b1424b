import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Application, SignedInTokens } from '@backend-logout/emulator'

/** The part of a README that a reader copies first. */
export interface QuickStart {
  /** The packages that its first `sh` block installs. */
  readonly install: readonly string[]
  readonly language: 'ts' | 'sh'
  readonly code: string
}

/** The values that replace the names in examples. */
export interface Scene {
  readonly app: Application
  readonly appHost: string
  readonly issuer: string
  readonly tokens: SignedInTokens
  readonly otherTokens: SignedInTokens
}

/** Reads the first block that installs packages, and the first block after it that uses them. */
export function readQuickStart(readme: string): QuickStart {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```(ts|sh)\n(.*?)^```$/gms)]
  const isInstall = (code: string): boolean => /^(?:npm install|deno add) /m.test(code)
  // The test has its own settings.
  const isSettings = (code: string): boolean => code.split('\n').every((line) => /^(?:export .*)?$/.test(line))
  const install = blocks.findIndex(([, , code = '']) => isInstall(code))
  const [, language, code] =
    blocks.slice(install + 1).find(([, , code = '']) => !isInstall(code) && !isSettings(code)) ?? []
  if (install < 0 || code === undefined)
    throw new Error(`${readme} has no block that installs, or none after it that runs.`)
  const words = blocks[install]?.[2]?.match(/\S+/g) ?? []
  const packages = words.filter((word) => word.includes('@backend-logout/'))
  return { install: packages, language: language === 'sh' ? 'sh' : 'ts', code }
}

/** Replaces the names in examples by a real provider, application and login. */
export function setScene(code: string, { app, appHost, issuer, tokens, otherTokens }: Scene): string {
  const real = new Map([
    ['app', app.appId],
    ['secret', app.appSecret ?? ''],
    ['https://example.genauth.ai', appHost],
    ['https://id.example.com', issuer],
    ['the access token', tokens.accessToken],
    ['another access token', otherTokens.accessToken],
    ['the refresh token', tokens.refreshToken],
    ['the ID token', tokens.idToken],
  ])
  const session = JSON.stringify([['alice', { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken }]])
  return code
    .replace(/'([^'\n]*)'/g, (quoted, name: string) => (real.has(name) ? JSON.stringify(real.get(name)) : quoted))
    .replace(
      /(accessToken|refreshToken): '…'/g,
      (_, kind: keyof SignedInTokens) => `${kind}: ${JSON.stringify(tokens[kind])}`,
    )
    .replace(/(const sessions = new Map<.*>)\(\)/, `$1(${session})`)
}

/** The settings that programs read from their environment. */
export const settings = ({ app, appHost, tokens }: Scene): Record<string, string> => ({
  AUTHING_APP_ID: app.appId,
  AUTHING_APP_SECRET: app.appSecret ?? '',
  AUTHING_APP_HOST: appHost,
  ACCESS_TOKEN: tokens.accessToken,
  SESSION: JSON.stringify(tokens),
  OUTBOX_KEY: randomBytes(32).toString('base64url'),
})
