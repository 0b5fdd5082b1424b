import context from '../context.json' with { type: 'json' }

/** An application at the emulator. */
export interface Application {
  readonly appId: string
  readonly appSecret?: string
  readonly privateKey?: Readonly<Record<string, string>>
}

/** The emulator in the state that a case expects: default settings, and an empty log. */
export interface Provider {
  readonly appHost: string
  readonly issuer: string
  readonly apps: Readonly<Record<'post' | 'basic' | 'none' | 'privateKeyJwt' | 'clientSecretJwt', Application>>
}

/** The emulator's record of a request. */
export interface RequestNote {
  readonly endpoint: string
  readonly path: string
  readonly clientAuth: readonly string[]
}

/** The address for requests that must never be sent. */
export const TRAP = `${context.desk}/trap`

/** An endpoint that accepts everything, and records the headers. */
export const MIRROR = `${context.desk}/mirror`

/** Queries the desk, which forwards requests for the emulator to it. */
async function ask<T>(path: string, body?: object): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const init = body && { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`${context.desk}/${path}`, init)
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

/** Resets the emulator to its usual state. */
export async function freshProvider(): Promise<Provider> {
  await ask('emulator/reset', {})
  const provider = await ask<Provider>('emulator/apps')
  // The emulator's other properties of them are not options of a client.
  const apps = Object.entries(provider.apps).map(([name, { appId, appSecret, privateKey }]) => [
    name,
    { appId, ...(appSecret !== undefined && { appSecret }), ...(privateKey && { privateKey }) },
  ])
  return { ...provider, apps: Object.fromEntries(apps) }
}

export const signIn = (
  app = 'post',
  user?: string,
): Promise<{ accessToken: string; refreshToken: string; idToken: string }> => ask('emulator/sign-in', { app, user })
export const issueTokens = (count: number, app = 'post'): Promise<string[]> =>
  ask('emulator/issue-tokens', { count, app })
/** Sets the response to the next request; see the README of the emulator. */
export const answerNext = (fault: object): Promise<void> => ask('emulator/answer-next', fault)
export const isActive = async (token: string): Promise<boolean> =>
  (await ask<{ active: boolean }>('emulator/is-active', { token })).active
/** The requests since {@link freshProvider}, without those that issued tokens. */
export const requests = async (): Promise<RequestNote[]> =>
  (await ask<RequestNote[]>('emulator/requests')).filter(({ endpoint }) => !/^(?:token|authorization)$/.test(endpoint))
/** The headers of the last request to the mirror. */
export const mirrored = (): Promise<Record<string, string>> => ask('mirrored')
/** The number of requests that went into the trap. */
export const trapped = (): Promise<number> => ask('trapped')
/** The address of the feed of revocations. */
export const FEED = `${context.desk}/feed`
/** The credential that the feed accepts. */
export const FEED_SECRET = 'the secret of the feed'.replaceAll(' ', '-')
/** Appends to the log behind the feed. */
export const appendRevocations = (...entries: object[]): Promise<void> => ask('feed-append', { entries })
/** Takes the feed down, or restores it. */
export const setFeed = (state: 'up' | 'down' | 'elsewhere'): Promise<void> => ask('feed-state', { state })
/** An issuer of logout tokens whose keys the cases create. */
export const ISSUER = `${context.desk}/issuer`
/** Replaces its keys. */
export const publishKeys = (keys: readonly object[]): Promise<void> => ask('issuer-keys', { keys })
/** Responds to requests for its keys as usual, or with a redirect. */
export const setKeys = (state: 'up' | 'elsewhere'): Promise<void> => ask('issuer-state', { state })
/** The number of requests for its keys. */
export const keyRequests = (): Promise<number> => ask('issuer-requests')
/** Makes the emulator report logouts to the desk. */
export const sendLogoutsToDesk = (): Promise<void> =>
  ask('emulator/send-logouts-to', { app: 'post', uri: `${context.desk}/delivered` })
/** Logs a user out at the emulator. */
export const logOut = (user: string): Promise<void> => ask('emulator/log-out', { user })
/** The body of the last report of a logout. */
export const delivered = (): Promise<string> => ask('last-delivered')
/** Reports the outcome of a case; with a reason, that it cannot hold here. */
export const report = (name: string, failure: Error | undefined, cannot: string | undefined): Promise<void> =>
  ask('report', { name, ...(failure ? { error: failure.stack ?? String(failure) } : { cannot }) })
/** Reports the name of the runtime. */
export const announce = (runtime: string): Promise<void> => ask('announce', { runtime })
