/** The page with the login form. */
export function loginPage(application: string): string {
  return page(
    'Sign in',
    `<p>The application <b>${escapeHtml(application)}</b> asks you to sign in. Any name will do.</p>
<form method="post"><label>User <input name="login" value="user" required autofocus></label> <button>Sign in</button></form>`,
  )
}

/** The page that shows an error. */
export function errorPage(details: object): string {
  const lines = Object.entries(details).map(
    ([name, value]) => `<dt>${escapeHtml(name)}<dd>${escapeHtml(String(value))}`,
  )
  return page('Something went wrong', `<dl>${lines.join('')}</dl>`)
}

/** The page that says the session has ended. */
export function signedOutPage(): string {
  return page('Signed out', '<p>You are signed out.</p>')
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{max-width:36rem;margin:3rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}
input,button{font:inherit;padding:.4rem .8rem}</style>
<h1>${escapeHtml(title)}</h1>
${body}
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
