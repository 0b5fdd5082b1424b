import { createLogout, isLogoutProxyError, type LogoutStatus } from '@backend-logout/browser-proxy/client'

const { logout, logoutAndRedirect, onLogout } = createLogout({ endpoint: '/logout' })

const MEANING: Readonly<Record<LogoutStatus, readonly [string, string, 'good' | 'bad']>> = {
  logged_out: ['logged_out', 'The session here is over, and the provider has revoked the tokens.', 'good'],
  queued: [
    'queued',
    'The session here is over. The tokens wait in the outbox until the provider accepts them.',
    'good',
  ],
  no_session: ['no_session', 'There was no session here, so nothing was revoked.', 'good'],
  local_only: ['local_only', 'The session here is over, but the tokens still work until they expire.', 'bad'],
}

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T
}

let said = false

function say(title: string, detail: string, mood?: 'good' | 'bad'): void {
  const item = document.createElement('li')
  if (mood) item.className = mood
  const [headline, text] = [document.createElement('b'), document.createElement('small')]
  headline.textContent = title
  text.textContent = detail
  item.append(headline, text)
  const log = element('log')
  if (!said) log.replaceChildren()
  said = true
  log.prepend(item)
  while (log.childElementCount > 6) log.lastElementChild?.remove()
}

async function get<T>(path: string): Promise<T> {
  return (await fetch(path)).json()
}

async function showSession(): Promise<void> {
  const { user } = await get<{ user: string | null }>('/session')
  element('user').textContent = user ?? 'Nobody is signed in'
  element('cookie').textContent = user === null ? 'None' : 'HttpOnly: this page cannot read it'
  for (const part of document.querySelectorAll<HTMLElement>('[data-when]')) {
    part.hidden = (part.dataset.when === 'signed-in') !== (user !== null)
  }
}

/** Runs the action of a button, one at a time, and moves the focus on if the button disappears. */
function onClick(id: string, run: () => Promise<unknown>): void {
  const button = element<HTMLButtonElement>(id)
  button.addEventListener('click', async () => {
    // Not disabled: a disabled button would lose the focus.
    if (button.ariaBusy === 'true') return
    button.ariaBusy = 'true'
    try {
      await run()
    } catch (error) {
      const detail = isLogoutProxyError(error) ? (error.problem ?? error.code) : String(error)
      say('That did not work', detail, 'bad')
    } finally {
      button.ariaBusy = 'false'
      if (!button.checkVisibility()) document.querySelector<HTMLElement>('.actions:not([hidden]) > *')?.focus()
    }
  })
}

onClick('log-out', async () => {
  const { status } = await logout()
  const [title, detail, mood] = MEANING[status]
  say(`Answer: ${title}`, detail, mood)
  await showSession()
})
onClick('log-out-everywhere', () => logoutAndRedirect({ returnTo: `${location.origin}/` }))
onClick('call-api', async () => {
  const { status } = await get<{ status: number }>('/api')
  if (status === 200) say('The API answers 200', 'The backend has called it with the access token.', 'good')
  else say(`The API answers ${status}`, 'The access token is inactive.', 'bad')
})
onClick('use-stolen', async () => {
  const { status } = await get<{ status: number }>('/stolen')
  const works = status === 200
  const output = element('stolen')
  // Good for an attacker is bad for the user.
  output.className = works ? 'dead' : 'alive'
  output.textContent = works ? '200: it works' : `${status}: refused`
})
onLogout(async ({ status }) => {
  const [title, detail, mood] = MEANING[status]
  say(`Logged out in another tab: ${title}`, detail, mood)
  await showSession()
})

const controls = element<HTMLFormElement>('controls')
let saving = 0
controls.addEventListener('change', async () => {
  const form = new FormData(controls)
  const body = JSON.stringify({ mode: form.get('mode'), useOutbox: form.has('useOutbox') })
  saving += 1
  await fetch('/provider', { method: 'POST', body }).finally(() => {
    saving -= 1
  })
})

interface View {
  readonly mode: string
  readonly useOutbox: boolean
  readonly waiting: number
  readonly tokens: readonly { fingerprint: string; kind: string; active: boolean }[]
}

const alive = new Set<string>()
let shown = ''

/** Shows the settings of the provider, unless they are being changed on this page. */
function showControls({ mode, useOutbox }: View): void {
  if (saving) return
  const choice = controls.querySelector<HTMLInputElement>(`[value=${mode}]`)
  if (choice) choice.checked = true
  const outbox = controls.elements.namedItem('useOutbox') as HTMLInputElement
  outbox.checked = useOutbox
}

function showProvider({ waiting, tokens }: View): void {
  element('waiting').textContent = String(waiting)
  if (!tokens.length) return
  const text = JSON.stringify(tokens)
  if (text === shown) return
  shown = text
  // The findings about the last token may no longer be true.
  element('stolen').textContent = ''
  element('tokens').replaceChildren(
    ...tokens.map(({ fingerprint, kind, active }) => {
      const row = document.createElement('tr')
      if (!active && alive.delete(fingerprint)) row.className = 'dies'
      if (active) alive.add(fingerprint)
      const [name, code, state] = [row.insertCell(), document.createElement('code'), document.createElement('td')]
      name.textContent = kind === 'access_token' ? 'Access' : 'Refresh'
      code.textContent = fingerprint.replace(/^sha256:(.{8}).*/, '$1…')
      row.insertCell().append(code)
      state.textContent = active ? '● alive' : '✕ dead'
      state.className = active ? 'alive' : 'dead'
      row.append(state)
      return row
    }),
  )
}

new EventSource('/provider').onmessage = ({ data }) => {
  showControls(JSON.parse(data))
  showProvider(JSON.parse(data))
}
await showSession()
