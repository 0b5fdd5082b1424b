/** The hosts that an emulator listens on. It signs anything for anyone, so nothing may leave this machine. */
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '::1']

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** Recognizes a URL of this machine that the emulator may send to. */
export function isLoopbackUrl(uri: string): boolean {
  const url = URL.parse(uri)
  return url !== null && /^https?:$/.test(url.protocol) && LOOPBACK_NAME.test(url.hostname) && !uri.includes('#')
}
