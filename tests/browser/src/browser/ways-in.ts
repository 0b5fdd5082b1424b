// Requests that a page of another origin can try. Each function runs in that page, so it may use nothing from outside.

/** Tries to log out the user of `endpoint`; resolves when nothing more can happen. */
export type WayIn = (endpoint: string) => unknown

/** Ways that lead to a request at the endpoint. */
export const ARRIVING: Readonly<Record<string, WayIn>> = {
  'a form that submits itself': (endpoint) => {
    document.body.innerHTML = `<form method="post" action="${endpoint}" target="frame"><input name="x"></form><iframe name="frame"></iframe>`
    document.querySelector('form')?.submit()
  },
  'a form that takes the whole tab': (endpoint) => {
    document.body.innerHTML = `<form method="post" action="${endpoint}"></form>`
    document.querySelector('form')?.submit()
  },
  'a form whose text looks like JSON': (endpoint) => {
    document.body.innerHTML = `<form method="post" enctype="text/plain" action="${endpoint}"><input name='{"return_to":"/","x' value='":""}'></form>`
    document.querySelector('form')?.submit()
  },
  'a form with a file': (endpoint) => {
    document.body.innerHTML = `<form method="post" enctype="multipart/form-data" action="${endpoint}"><input name="x"></form>`
    document.querySelector('form')?.submit()
  },
  'a form in a sandbox without an origin': (endpoint) => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts allow-forms')
    frame.srcdoc = `<form method="post" action="${endpoint}"></form><script>document.forms[0].submit()</script>`
    document.body.append(frame)
  },
  'a form sent by GET': (endpoint) => {
    document.body.innerHTML = `<form action="${endpoint}"><input name="x"></form>`
    document.querySelector('form')?.submit()
  },
  'fetch without preflight': (endpoint) => fetch(endpoint, { method: 'POST', credentials: 'include' }).catch(() => {}),
  'fetch without preflight, text/plain': (endpoint) =>
    fetch(endpoint, { method: 'POST', credentials: 'include', body: '{}' }).catch(() => {}),
  'fetch with the header, which asks by a preflight request': (endpoint) =>
    fetch(endpoint, { method: 'POST', credentials: 'include', headers: { 'X-Logout-Request': '1' } }).catch(() => {}),
  'fetch with JSON, which asks by a preflight request': (endpoint) =>
    fetch(endpoint, {
      method: 'POST',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    }).catch(() => {}),
  'fetch in mode no-cors': (endpoint) =>
    fetch(endpoint, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' }).catch(() => {}),
  'fetch in mode no-cors, with a header that the browser drops': (endpoint) =>
    fetch(endpoint, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      headers: { 'X-Logout-Request': '1' },
    }).catch(() => {}),
  'fetch with keepalive': (endpoint) =>
    fetch(endpoint, { method: 'POST', mode: 'no-cors', credentials: 'include', keepalive: true }).catch(() => {}),
  'fetch without a referrer': (endpoint) =>
    fetch(endpoint, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      referrerPolicy: 'no-referrer',
    }).catch(() => {}),
  XMLHttpRequest: (endpoint) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest()
      request.withCredentials = true
      request.onloadend = resolve
      request.open('POST', endpoint)
      request.send('{}')
    }),
  sendBeacon: (endpoint) => navigator.sendBeacon(endpoint, '{}'),
  'sendBeacon with JSON': (endpoint) => navigator.sendBeacon(endpoint, new Blob(['{}'], { type: 'application/json' })),
  'an image': (endpoint) => {
    new Image().src = endpoint
  },
  'a script': (endpoint) => {
    document.body.append(Object.assign(document.createElement('script'), { src: endpoint }))
  },
  'a style sheet': (endpoint) => {
    document.body.innerHTML = `<link rel="stylesheet" href="${endpoint}">`
  },
  'a style that loads an image': (endpoint) => {
    document.body.style.backgroundImage = `url(${endpoint})`
  },
  'an iframe': (endpoint) => {
    document.body.innerHTML = `<iframe src="${endpoint}"></iframe>`
  },
  'a video': (endpoint) => {
    document.body.innerHTML = `<video src="${endpoint}" autoplay></video>`
  },
  'an object': (endpoint) => {
    document.body.innerHTML = `<object data="${endpoint}"></object>`
  },
  'a link that is prefetched': (endpoint) => {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: endpoint }))
  },
  'a link that is preloaded': (endpoint) => {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', href: endpoint }))
  },
  'a link that is followed': (endpoint) => {
    document.body.innerHTML = `<a href="${endpoint}">x</a>`
    document.querySelector('a')?.click()
  },
  'a link with a ping': (endpoint) => {
    document.body.innerHTML = `<a href="#x" ping="${endpoint}">x</a>`
    document.querySelector('a')?.click()
  },
  'a new window': (endpoint) => window.open(endpoint),
  'a redirect': (endpoint) => {
    location.href = `/redirect?to=${encodeURIComponent(endpoint)}`
  },
  'a redirect that keeps the method': (endpoint) =>
    fetch(`/redirect?to=${encodeURIComponent(endpoint)}`, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
    }).catch(() => {}),
}

/** Ways that the browser, or the page's side, blocks, so that nothing arrives. Each tells how. */
export const CLOSED: Readonly<Record<string, WayIn>> = {
  'fetch in mode same-origin': (endpoint) =>
    fetch(endpoint, { method: 'POST', mode: 'same-origin' }).catch((error) => error.name),
  'a frame that is looked into': (endpoint) => {
    const frame = document.createElement('iframe')
    frame.src = new URL('/', endpoint).href
    document.body.append(frame)
    return new Promise((resolve) => {
      frame.onload = () => {
        try {
          resolve((frame.contentWindow as unknown as typeof globalThis).eval('proxy.logout()'))
        } catch (error) {
          resolve((error as Error).name)
        }
      }
    })
  },
}
