import { isSecretName } from './secret-names.ts'

/** Stands for a token or a secret. */
export const MASK = '[masked]'
/** A JWT after the text before it. Only the first `eyJ` of a word is tried: each of thousands would be read to the end. */
const JWT = /(?<![\w-])((?:(?!eyJ)[\w-])*)eyJ[\w-]{6,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2}/g
/** A credential of an `Authorization` header. */
const CREDENTIAL = /\b(bearer|dpop|basic)[ \t]{1,8}[\w.~+/=-]{16,}/gi
/** Tokens and keys that their issuers mark: Google, GitHub, GitLab, Slack, Stripe, Amazon. */
const MARKED =
  /(?<![\w.-])(?:(?:ya29\.|1\/\/0|GOCSPX-|AIza|gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_)[\w./+=-]{6,}|A[KS]IA[A-Z\d]{16})/g
const PEM = /-----BEGIN [\s\S]*/
/** No id is that long. */
const LONG = /[\w+=-]{64,}/g
/**
 * A name and what separates it from its value, as in queries, cookies, XML, and JSON or Ruby that is cut off or quoted in
 * another text.
 */
const NAME = /(?<![\w-])([\w-]{1,64})\\{0,8}["']?[ \t]{0,8}(?:[:=]{1,2}>?|>|%3[ad])[ \t]{0,8}((?:\\{0,8}["'])?)/gi
const VALUE = /(?:(?:bearer|dpop|basic|token|digest|negotiate|apikey)[ \t]{1,8})?[^\s"'&,;}<]*/iy

/** Masks everything in a text that looks like a token, or has the name of one. The time is linear in its length. */
export function maskTokens(text: string): string {
  return maskPairs(text)
    .replace(PEM, MASK)
    .replace(JWT, `$1${MASK}`)
    .replace(CREDENTIAL, `$1 ${MASK}`)
    .replace(MARKED, MASK)
    .replace(LONG, (run) => (/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) ? MASK : run))
}

function maskPairs(text: string): string {
  const parts: string[] = []
  let end = 0
  for (const { 0: found, 1: name = '', 2: quote = '', index } of text.matchAll(NAME)) {
    const start = index + found.length
    // After `%`, the first two characters of the name are a code.
    const isSecret = isSecretName(name) || (text[index - 1] === '%' && isSecretName(name.slice(2)))
    if (index < end || !isSecret) continue
    const stop = endOfValue(text, start, quote)
    if (stop === start) continue
    parts.push(text.slice(end, start), MASK)
    end = stop
  }
  return parts.length === 0 ? text : [...parts, text.slice(end)].join('')
}

function endOfValue(text: string, start: number, quote: string): number {
  if (quote !== '') {
    const close = text.indexOf(quote, start)
    return close === -1 ? text.length : close
  }
  // The end of a list or an object is not known without parsing it.
  if (/[[{]/.test(text[start] ?? '')) return text.length
  VALUE.lastIndex = start
  return VALUE.test(text) ? VALUE.lastIndex : start
}
