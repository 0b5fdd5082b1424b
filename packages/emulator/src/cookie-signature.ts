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

  /** Whether a signature is that of a cookie. */
  verify(data: string, signature: string): boolean {
    const [expected, given] = [Buffer.from(this.sign(data)), Buffer.from(signature)]
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  /** Which key made a signature: the first one, as there is no other, or -1. */
  index(data: string, signature: string): number {
    return this.verify(data, signature) ? 0 : -1
  }
}
