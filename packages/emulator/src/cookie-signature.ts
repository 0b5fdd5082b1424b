import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Signs the provider's cookies. The package `keygrip`, which `oidc-provider` uses for a plain key, compares signatures
 * by a function that Node.js has deprecated, which Bun reports on the console.
 */
export class CookieSignature {
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  /** The signature of a cookie. */
  sign(data: string): string {
    return createHmac('sha256', this.#key).update(data).digest('base64url')
  }

  /** True if the signature matches the cookie. */
  verify(data: string, signature: string): boolean {
    const [expected, given] = [Buffer.from(this.sign(data)), Buffer.from(signature)]
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  /** The index of the key that made a signature: 0, because there is only one, or -1. */
  index(data: string, signature: string): number {
    return this.verify(data, signature) ? 0 : -1
  }
}
