/** The server's own objects behind requests, which lets a session be read where the framework keeps it. */
const natives = new WeakMap<Request, unknown>()

/** Keeps what is behind a request, for as long as the request is there. */
export function setNative(request: Request, native: unknown): void {
  natives.set(request, native)
}

/** The runtime's own request; `undefined` if it did not come through an adapter. */
export function nativeOf(request: Request): unknown {
  return natives.get(request)
}
