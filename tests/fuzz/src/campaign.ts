import fc from 'fast-check'

/** The number of parts that the time is divided into: one for each campaign. */
const CAMPAIGNS = 5

/** One entry point for input from strangers, and its possible inputs. */
export interface Campaign<Input> {
  /** As in `npm run fuzz -- NAME`. */
  readonly name: string
  readonly inputs: fc.Arbitrary<Input>
  /** Inputs that once caused a defect. They always come first. */
  readonly known: readonly Input[]
  /** Sends one input, and throws if any requirement is violated. */
  readonly send: (input: Input) => Promise<void>
  /** The time that one input may take, in milliseconds. */
  readonly limitMs: number
}

/**
 * Sends random inputs for its share of the time. A failing input is reduced, and reported with the seed that reproduces
 * it.
 */
export async function run<Input>({ name, inputs, known, send, limitMs }: Campaign<Input>): Promise<void> {
  const { FUZZ_SECONDS = '15', FUZZ_SEED, FUZZ_PATH } = process.env
  const seed = Number(FUZZ_SEED ?? 20_261_126)
  const ms = (Number(FUZZ_SECONDS) * 1000) / CAMPAIGNS
  let sent = 0
  // An error that nothing catches would end a user's process.
  const escaped: unknown[] = []
  const onEscape = (error: unknown): unknown => escaped.push(error)
  process.on('unhandledRejection', onEscape).on('uncaughtException', onEscape)
  const startedAt = performance.now()
  try {
    for (const input of known) await once(input)
    const until = performance.now() + ms
    // A time limit of fast-check would abandon the input that is in progress: its failure would be lost, and the servers
    // would stop below it.
    const property = fc.asyncProperty(inputs, (input) => {
      if (performance.now() > until) throw new fc.PreconditionFailure(true)
      return once(input)
    })
    const result = await fc.check(property, {
      seed,
      ...(FUZZ_PATH && { path: FUZZ_PATH }),
      numRuns: Number.MAX_SAFE_INTEGER,
    })
    if (result.failed) {
      const again = `npm run fuzz -- ${name} --seed=${seed} --path=${result.counterexamplePath}`
      const advice = `Again: ${again}\nAfter the fix, add the input to \`known\` of this campaign.`
      throw new Error(`${fc.defaultReportMessage(result)}\n\n${advice}`, { cause: result.errorInstance })
    }
  } finally {
    process.off('unhandledRejection', onEscape).off('uncaughtException', onEscape)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${name}: ${sent} inputs in ${seconds} s, seed ${seed}`)
  }

  async function once(input: Input): Promise<void> {
    sent++
    await inTime(send(input), limitMs)
    // Rejections count as unhandled a turn later.
    await new Promise((resolve) => setImmediate(resolve))
    if (escaped.length > 0)
      throw new Error('An error was thrown that nothing catches.', { cause: escaped.splice(0)[0] })
  }
}

async function inTime(sending: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not over after ${ms} ms.`)), ms)
  })
  try {
    await Promise.race([sending, late])
  } finally {
    clearTimeout(timer)
  }
}
