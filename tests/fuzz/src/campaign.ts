import fc from 'fast-check'

/** How many parts the time is divided into: one for each campaign. */
const CAMPAIGNS = 5

/** One place that takes something from strangers, and what may come there. */
export interface Campaign<Input> {
  /** As in `npm run fuzz -- NAME`. */
  readonly name: string
  readonly inputs: fc.Arbitrary<Input>
  /** Inputs that once did harm. They come first, every time. */
  readonly known: readonly Input[]
  /** Sends one input, and throws if anything is not as it must be. */
  readonly send: (input: Input) => Promise<void>
  /** How long one input may take, in milliseconds. */
  readonly limitMs: number
}

/**
 * Sends random inputs for its part of the time. What fails is made smaller, and reported with the seed that makes it again.
 */
export async function run<Input>({ name, inputs, known, send, limitMs }: Campaign<Input>): Promise<void> {
  const { FUZZ_SECONDS = '15', FUZZ_SEED, FUZZ_PATH } = process.env
  const seed = Number(FUZZ_SEED ?? 20_261_126)
  const ms = (Number(FUZZ_SECONDS) * 1000) / CAMPAIGNS
  let sent = 0
  // What is thrown where nobody waits for it would end a process of our users.
  const escaped: unknown[] = []
  const onEscape = (error: unknown): unknown => escaped.push(error)
  process.on('unhandledRejection', onEscape).on('uncaughtException', onEscape)
  const startedAt = performance.now()
  try {
    for (const input of known) await once(input)
    const property = fc.asyncProperty(inputs, once)
    const result = await fc.check(property, {
      seed,
      ...(FUZZ_PATH && { path: FUZZ_PATH }),
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: ms,
      markInterruptAsFailure: false,
    })
    if (result.failed) {
      const again = `npm run fuzz -- ${name} --seed=${seed} --path=${result.counterexamplePath}`
      const advice = `Again: ${again}\nOnce it is mended, the input belongs into \`known\` of this campaign.`
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
      throw new Error('Something was thrown where nobody waits for it.', { cause: escaped.splice(0)[0] })
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
