/** Many lists that follow one feed, each on a connection of its own, in one process. */
import { followRevocations, revocationFeed } from '@backend-logout/revocations'

const [url = '', count = '0'] = process.argv.slice(2)
/** When the entry of this round came. They are sent together, because a thousand messages would take part of the time. */
let arrivals: number[] = []
const clock = (): number => performance.timeOrigin + performance.now()

const lists = Array.from({ length: Number(count) }, () =>
  followRevocations({
    source: revocationFeed(url, { authorization: 'Bearer secret-of-the-benchmark' }),
    onEvent: ({ type }) => {
      if (type !== 'updated') return
      arrivals.push(clock())
      if (arrivals.length < Number(count)) return
      process.send?.({ arrivals })
      arrivals = []
    },
  }),
)
await Promise.all(lists.map(({ ready }) => ready))
process.send?.('ready')
process.once('message', async () => {
  await Promise.all(lists.map((list) => list.close()))
  process.disconnect?.()
})
