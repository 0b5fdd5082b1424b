import { once } from 'node:events'
import { connect } from 'node:net'

/** Ports below those that systems assign, so that no other test gets one before the program does. */
const [FIRST, COUNT] = [20_000, 12_000]

/** Finds a free port of loopback, for a program that cannot choose one and report it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (!(await accepts(port))) return port
  }
}

/** True if something listens on a port of loopback. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
