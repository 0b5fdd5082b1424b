const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** Recognizes a URL of this machine. The emulator signs anything for anyone, so nothing may leave this machine. */
export function isLoopbackUrl(uri: string): boolean {
  const url = URL.parse(uri)
  return url !== null && /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname) && !uri.includes('#')
}
