import type { LogoutRequest } from './contract.ts'
import { endSession } from './end-session.ts'
import { readForm } from './form-door.ts'
import {
  checkExtraParameters,
  type ExtraParameters,
  type FrontChannelRequest,
  type GivenExtraParameters,
} from './front-channel.ts'
import { revokeGivenToken } from './given-token.ts'
import { type Door, guard } from './guards.ts'
import { HttpProblem } from './http-problem.ts'
import { createJoinLogouts, type JoinedLogout } from './join-logouts.ts'
import type { HandlerSettings } from './options.ts'
import { readLogoutRequest } from './request-body.ts'
import { allowedReturnAddress } from './return-address.ts'
import { createRevokeTokens } from './revoke-tokens.ts'
import type { Awaitable, LogoutSession } from './session.ts'
import { createRunStep, type RunStep } from './step.ts'

/** A logout that has ended. */
export interface EndedLogout extends JoinedLogout {
  /** The address to which the page asks to return. */
  readonly returnTo: string | undefined
}

/**
 * Carries out the logout that a request asks for.
 *
 * @throws HttpProblem when it is refused, or when the session could not be cleared
 */
export type LogOut = (request: Request, door: Door) => Promise<EndedLogout>

/** Creates the {@link LogOut} of a handler. */
export function createLogOut(settings: HandlerSettings): LogOut {
  const { session, client, throttle, onEvent } = settings
  const runStep = createRunStep(settings.storeTimeoutMs, onEvent)
  const revokeTokens = createRevokeTokens(settings, runStep)
  const joinLogouts = createJoinLogouts(revokeTokens)

  const endSharedSession = async (
    request: Request,
    session: LogoutSession,
    { body, front }: Asked,
  ): Promise<JoinedLogout> => {
    if (body.token) {
      throw new HttpProblem('token_not_accepted', 'The tokens come from the session; the body must not have one.')
    }
    const id = await runStep('id', async () => readId(await session.id?.(request)))
    const named = session.id && id.ok ? id.value !== undefined : undefined
    const hints = { idToken: body.id_token_hint, front, named }
    const end = () => endSession(request, session, hints, revokeTokens, runStep, onEvent)
    return joinLogouts(id.ok ? id.value : undefined, hints, end)
  }

  const revokeBodyToken = async ({ body, front }: Asked): Promise<JoinedLogout> => {
    const { token, token_type_hint: hint, id_token_hint: idToken } = body
    if (!token) {
      throw new HttpProblem(
        'token_required',
        'This application keeps no session here, so the body must have the token.',
      )
    }
    const revoke = () => revokeGivenToken(body, front, revokeTokens, client.appId)
    return joinLogouts(`${hint} ${token}`, { idToken, front }, revoke)
  }

  return async (request, door) => {
    const origin = guard(request, settings, door)
    if (throttle) await checkRate(() => throttle(request), runStep)
    const asked = await readAsked(request, door, origin, settings, runStep)
    const logout = session ? await endSharedSession(request, session, asked) : await revokeBodyToken(asked)
    return { ...logout, returnTo: asked.front.redirectUri }
  }
}

/** Calls the application's rate limit. If that fails, the logout continues. */
async function checkRate(throttle: () => Awaitable<number | null | undefined>, runStep: RunStep): Promise<void> {
  const wait = await runStep('throttle', async () => {
    const waitMs = (await throttle()) ?? 0
    if (typeof waitMs !== 'number' || Number.isNaN(waitMs)) throw new TypeError('throttle must return milliseconds.')
    return waitMs
  })
  if (!wait.ok || wait.value <= 0) return
  const seconds = String(Math.max(1, Math.ceil(Math.min(wait.value, 86_400_000) / 1000)))
  throw new HttpProblem('too_many_requests', `Try again in ${seconds} seconds.`, { 'retry-after': seconds })
}

/** The content of a request that has passed the guards. */
interface Asked {
  readonly body: LogoutRequest
  readonly front: FrontChannelRequest
}

async function readAsked(
  request: Request,
  door: Door,
  origin: string,
  { form, session, returnTo, extraParameters }: HandlerSettings,
  runStep: RunStep,
): Promise<Asked> {
  const body =
    door === 'form' && form && session
      ? await readForm(request, form, session, runStep)
      : await readLogoutRequest(request)
  const { return_to, state } = body
  const redirectUri = return_to && allowedReturnAddress(return_to, returnTo, origin)
  const extra = await readExtraParameters(request, extraParameters, runStep)
  const front = {
    ...(redirectUri !== undefined && { redirectUri }),
    ...(state !== undefined && { state }),
    ...(extra !== undefined && { extraParameters: extra }),
  }
  return { body, front }
}

/** Gets the parameters of the logout URL. If that fails, the logout continues without them. */
async function readExtraParameters(
  request: Request,
  given: GivenExtraParameters | undefined,
  runStep: RunStep,
): Promise<ExtraParameters | undefined> {
  if (typeof given !== 'function') return given
  const made = await runStep('extra_parameters', async () => {
    const parameters = (await given(request)) ?? undefined
    checkExtraParameters(parameters)
    return parameters && { ...parameters }
  })
  return made.ok ? made.value : undefined
}

function readId(id: string | null | undefined): string | undefined {
  if (id !== undefined && id !== null && typeof id !== 'string') throw new TypeError('session.id must return a string.')
  return id ?? undefined
}
