/** The server's own objects behind requests, from which the framework's session can be read. */
const natives = new WeakMap<Request, unknown>()

/** Keeps the object behind a request, for as long as the request exists. */
export function setNative(request: Request, native: unknown): void {
  natives.set(request, native)
}

/** The runtime's own request; `undefined` if it did not come through an adapter. */
export function nativeOf(request: Request): unknown {
  return natives.get(request)
}
