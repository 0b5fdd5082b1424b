import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('status-that-passes', () => {
  for (const status of [408, 421, 425]) {
    everywhere(`${status}, then success`, ({ earlier }) => (earlier === 0 ? { status } : {}), {
      state: 'accepted',
      requests: 2,
    })
  }
})
