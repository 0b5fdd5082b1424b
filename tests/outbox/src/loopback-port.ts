import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'

/** Ports below those that systems assign, so that no other test gets one before the program does. */
const [FIRST, COUNT] = [20_000, 12_000]

/**
 * Finds a free port of loopback, for a program that cannot choose one and report it. Until this process ends, no other
 * test gets it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if ((await reserve(port)) && !(await accepts(port))) return port
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

/** Takes the UDP port of the same number, which shows other tests that the port is theirs no longer. */
async function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref()
  try {
    socket.bind({ port, address: '127.0.0.1', exclusive: true })
    await once(socket, 'listening')
    return true
  } catch {
    socket.close()
    return false
  }
}
