/**
 * Many followers of one feed, each on a separate connection, in one process. Every twentieth is a list. The others read
 * the feed in the same way through `node:http` and keep nothing: in a thousand processes, the followers would not
 * compete for one core, and the feed is what is measured.
 */
import { Agent, get } from 'node:http'
import { followRevocations, revocationFeed } from '@backend-logout/revocations'

const [url = '', count = '0'] = process.argv.slice(2)
const AUTHORIZATION = 'Bearer secret-of-the-benchmark'
const LIST_EVERY = 20

/**
 * The arrival times of this round's entry. They are sent together, because a thousand messages would take part of the
 * time.
 */
let arrivals: number[] = []
const arrived = (): void => {
  arrivals.push(performance.timeOrigin + performance.now())
  if (arrivals.length < Number(count)) return
  process.send?.({ arrivals })
  arrivals = []
}

interface Page {
  readonly entries: readonly unknown[]
  readonly cursor: string
  readonly more: boolean
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity })

function read(query: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    get(`${url}?${query}`, { agent, headers: { authorization: AUTHORIZATION } }, async (answer) => {
      let body = ''
      for await (const chunk of answer.setEncoding('utf8')) body += chunk
      if (answer.statusCode === 200) resolve(JSON.parse(body))
      else reject(new Error(`The feed answered ${answer.statusCode}.`))
    }).on('error', reject)
  })
}

let isClosing = false

async function poll(onReady: () => void): Promise<void> {
  let page = await read('')
  while (page.more) page = await read(`after=${page.cursor}`)
  onReady()
  while (!isClosing) {
    page = await read(`after=${page.cursor}&wait=25`)
    for (const _ of page.entries) arrived()
  }
}

const numbers = Array.from({ length: Number(count) }, (_, index) => index)
const lists = numbers
  .filter((index) => index % LIST_EVERY === 0)
  .map(() =>
    followRevocations({
      source: revocationFeed(url, { authorization: AUTHORIZATION }),
      onEvent: ({ type }) => type === 'updated' && arrived(),
    }),
  )
const polls = numbers
  .filter((index) => index % LIST_EVERY !== 0)
  .map(
    () =>
      new Promise<void>((resolve) => {
        poll(resolve).catch((error) => {
          if (isClosing) return
          console.error(error)
          process.exit(1)
        })
      }),
  )
await Promise.all([...lists.map(({ ready }) => ready), ...polls])
process.send?.('ready')
process.once('message', async () => {
  isClosing = true
  await Promise.all(lists.map((list) => list.close()))
  process.exit()
})
