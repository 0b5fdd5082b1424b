import { connect, type Socket } from 'node:net'

/** Sends bytes unchanged, and resolves to the complete response when the connection has ended. */
export async function sendRaw(port: number, text: string, then: (socket: Socket) => void = () => {}): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  socket.on('error', () => {})
  socket.write(text, 'latin1')
  then(socket)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(received).toString('latin1')
}

/** A request for the logout endpoint, line by line. */
export function rawRequest(lines: readonly string[], target = '/logout', method = 'POST'): string {
  return `${[`${method} ${target} HTTP/1.1`, ...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`
}
