/** Many lists that follow one feed, each on a connection of its own, in one process. */
import { followRevocations, revocationFeed } from '@backend-logout/revocations'

const [url = '', count = '0'] = process.argv.slice(2)
const clock = (): number => performance.timeOrigin + performance.now()

const lists = Array.from({ length: Number(count) }, () =>
  followRevocations({
    source: revocationFeed(url, { authorization: 'Bearer secret-of-the-benchmark' }),
    onEvent: ({ type }) => {
      if (type === 'updated') process.send?.({ at: clock() })
    },
  }),
)
await Promise.all(lists.map(({ ready }) => ready))
process.send?.('ready')
process.once('message', async () => {
  await Promise.all(lists.map((list) => list.close()))
  process.disconnect?.()
})
