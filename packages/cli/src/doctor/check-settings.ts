import { describeError } from '../command-error.ts'
import { connect } from '../connection.ts'
import { rehearse } from '../rehearsal.ts'
import type { ReportCheck } from './check.ts'
import { type Examination, hasSecret, variable } from './examination.ts'

/** Checks that the environment is complete, and reports the configuration. `false` when no request can be made. */
export async function checkSettings(examination: Examination): Promise<boolean> {
  const { settings, report, ownName } = examination
  try {
    await using connection = connect(settings)
    await rehearse(settings)
    const { appId, provider } = connection
    const secret = hasSecret(examination) ? 'with a secret' : 'without a secret'
    const auth = variable(examination, 'AUTHING_APP_CLIENT_AUTH')
    report({
      name: 'settings',
      status: 'ok',
      detail: `application ${appId} at ${provider}, ${secret}${auth ? `, ${auth}` : ''}`,
    })
  } catch (error) {
    reportSettingsError(error, ownName, report)
    return false
  }
  const host = variable(examination, 'AUTHING_APP_HOST')
  if (host && new URL(host).pathname !== '/') {
    report({
      name: 'settings',
      status: 'note',
      detail: `AUTHING_APP_HOST has a path (${new URL(host).pathname}); GenAuth's authentication addresses have none`,
    })
  }
  const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].filter((name) =>
    settings.env[name]?.trim(),
  )
  if (proxies.length > 0) {
    report({ name: 'settings', status: 'note', detail: `${proxies.join(', ')} set: requests may go through a proxy` })
  }
  return true
}

/** Reports settings that cannot be used. */
export function reportSettingsError(error: unknown, ownName: string, report: ReportCheck): void {
  report({
    name: 'settings',
    status: 'problem',
    detail: describeError(error).lines.join(' '),
    advice: `Set or correct it; '${ownName} --help' has all variables.`,
  })
}
