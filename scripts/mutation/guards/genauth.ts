import { guardsIn, type Mutation } from '../mutation.ts'

/** GenAuth's management API and webhooks. */
export const genAuthGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'A webhook of GenAuth ends nothing without its secret',
      file: 'packages/receiver/src/genauth/webhook-handler.ts',
      test: 'packages/receiver/src/genauth/webhook-handler.requests.test.ts',
    },
    [
      [
        'requires the secret',
        "if (!(await hasSecret(request, secrets))) return refuse('wrong_secret', 401)",
        '',
        '%s: 401, and nothing ends',
      ],
      [
        'refuses a wrong secret next to the right one',
        'return fits.length > 0 && fits.every(Boolean)',
        'return fits.some(Boolean)',
        '%s: 401, and nothing ends',
      ],
      [
        'ignores kicks from other applications',
        "const isOurs = notice !== 'ignored' && (notice.appId === undefined || appIds.includes(notice.appId))",
        "const isOurs = notice !== 'ignored'",
        'acknowledged: %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A webhook of GenAuth ends nothing without its secret',
      file: 'packages/receiver/src/genauth/webhook-event.ts',
      test: 'packages/receiver/src/genauth/webhook-handler.requests.test.ts',
    },
    [
      [
        'refuses a list with a user who is not named',
        "if (users.length === 0 || !users.every(isId)) return 'unreadable'",
        "if (users.length === 0) return 'unreadable'",
        '%s: 400',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A user counts as logged out at GenAuth',
      file: 'packages/receiver/src/genauth/management-transport.ts',
      test: 'packages/receiver/src/genauth/kick-user.test.ts',
    },
    [
      [
        "does not accept a response without GenAuth's envelope as a success",
        'return isSuccess(answer) ? answer : refusal(answer)',
        'return answer',
        '%s is not a success',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A user counts as logged out at GenAuth',
      file: 'packages/receiver/src/genauth/management-transport.ts',
      test: 'packages/receiver/src/genauth/kick-user.secrets.test.ts',
    },
    [
      [
        'masks the signature',
        'for (const mac of signed.macs) request.hide?.(mac)',
        '',
        'signatures are masked if the server repeats them: %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A user counts as logged out at GenAuth',
      file: 'packages/receiver/src/genauth/kick-user.ts',
      test: 'packages/receiver/src/genauth/kick-user.secrets.test.ts',
    },
    [
      [
        "masks the user pool's secret",
        '    appSecret: accessKeySecret,\n',
        '',
        'are not sent, and a repeated one is masked',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A user counts as logged out at GenAuth',
      file: 'packages/receiver/src/genauth/kick-user.ts',
      test: 'packages/receiver/src/genauth/kick-user.test.ts',
    },
    [['queries before and after', ', verify: true }', ' }', 'ends the session and proves it']],
  ),
]
