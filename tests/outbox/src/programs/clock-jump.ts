/** Preloaded: sets the clock of this process forward by the days in CLOCK_JUMP_DAYS, once SIGUSR2 arrives. */
const days = Number(process.env.CLOCK_JUMP_DAYS)
const now = Date.now
let jump = 0
process.on('SIGUSR2', () => {
  jump = days * 86_400_000
})
Date.now = () => now() + jump
globalThis.Date = class extends Date {
  constructor(...args: [] | [never]) {
    if (args.length === 0) super(now() + jump)
    else super(...args)
  }
} as DateConstructor
