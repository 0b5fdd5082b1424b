/** The outcome of a program. */
export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program that may import `./mod.ts` in a separate Deno, with no permissions but these. */
export async function runDeno(
  source: string,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Run> {
  const file = await Deno.makeTempFile({ suffix: '.ts' })
  try {
    const mod = new URL('../mod.ts', import.meta.url).href
    await Deno.writeTextFile(file, source.replaceAll("'./mod.ts'", `'${mod}'`))
    const config = new URL('../../deno.json', import.meta.url).pathname
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ['run', '--no-prompt', '--quiet', '--config', config, ...flags, file],
      env: { NO_COLOR: '1', ...env },
    }).output()
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
    return { code, stdout: decode(stdout), stderr: decode(stderr) }
  } finally {
    await Deno.remove(file)
  }
}
