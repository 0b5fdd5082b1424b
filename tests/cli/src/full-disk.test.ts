import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { start } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 1_000)
})
afterAll(() => provider[Symbol.asyncDispose]())

/** Gives a shell its own mounts, which disappear when it ends. Users other than root need a namespace for that. */
const OWN_MOUNTS = process.getuid?.() === 0 ? 'unshare --mount' : 'unshare --user --map-root-user --mount'
/** Some systems do not allow this, Linux included; there, files.test.ts limits the files' sizes. */
const canMount = spawnSync('/bin/sh', ['-c', `${OWN_MOUNTS} mount -t tmpfs tmpfs /mnt`]).status === 0

describe.runIf(canMount)('on a full disk', () => {
  /**
   * Runs the steps of a shell on a small disk. `run` is the command; afterward, the content of the disk can be read.
   */
  async function onSmallDisk(args: readonly string[], kilobytes: number, steps: string) {
    const [disk, kept] = [folder.fresh(), folder.fresh()]
    for (const path of [disk, kept]) mkdirSync(path)
    const script = [
      `run() { "$@"; echo "code $?" >&2; }`,
      `mount -t tmpfs -o size=${kilobytes}k tmpfs ${disk} && cd ${disk}`,
      steps,
      `cp -a ${disk}/. ${kept}`,
    ].join('\n')
    const ended = await start(args, {
      env: { ...provider.env, SCRIPT: script },
      shell: `exec ${OWN_MOUNTS} /bin/sh -c "$SCRIPT" sh "$@"`,
    }).ended
    const codes = Array.from(ended.stderr.matchAll(/^code (\d+)$/gm), ([, code]) => Number(code))
    return { ...ended, codes, kept: (name: string) => join(kept, name) }
  }

  test('a run stops cleanly, and continues once there is room, with nothing lost or torn', async () => {
    const tokens = provider.take(500)
    const args = [
      'revoke',
      folder.file(tokens.join('\n')),
      '-j',
      'journal',
      '-o',
      'output',
      '--report',
      'report',
      '-c',
      '4',
    ]
    const steps = 'run "$@"\nmount -o remount,size=1m .\ncp output first\nrun "$@"'
    const { codes, stderr, kept } = await onSmallDisk(args, 48, steps)
    expect(codes, stderr).toEqual([4, 0])
    expect(stderr).toMatch(/The (?:output|journal) cannot be written: the disk is full\. Stopping/)
    const first = readFileSync(kept('first'), 'utf8')
    expect(first.length).toBeGreaterThan(4_000)
    expect(first.endsWith('\n')).toBe(true)

    const fates = folder.ndjson(kept('output'))
    expect(fates.map(({ token }) => token).sort()).toEqual(tokens.map(fingerprint).sort())
    const twice = [...provider.revocations].filter(([token, count]) => tokens.includes(token) && count > 1)
    expect(twice.length).toBeLessThanOrEqual(8)
    expect(JSON.parse(readFileSync(kept('report'), 'utf8'))).toMatchObject({ complete: true, counts: { revoked: 500 } })
  })

  test('if only the report does not fit, everything else is complete, and the same command writes it later', async () => {
    const tokens = provider.take(20)
    const args = ['revoke', folder.file(tokens.join('\n')), '-j', 'journal', '-o', 'output', '--report', 'report']
    // The files of the first run have their place on the disk; then the rest of the disk is filled.
    const steps = `run "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8"
      dd if=/dev/zero of=ballast bs=1k 2>/dev/null
      run "$@"
      ls > names
      rm ballast
      ls > names
      run "$@"`
    const { codes, stderr, kept } = await onSmallDisk(args, 256, steps)
    expect(codes, stderr).toEqual([0, 4, 0])
    expect(stderr).toContain('The report cannot be written: the disk is full. The output and the journal are complete')
    // Half a report would not be evidence.
    expect(
      readFileSync(kept('names'), 'utf8')
        .split('\n')
        .filter((name) => name.includes('report')),
    ).toEqual([])
    expect(JSON.parse(readFileSync(kept('report'), 'utf8'))).toMatchObject({ complete: true, counts: { revoked: 20 } })
    for (const token of tokens) expect(provider.revocations.get(token)).toBe(1)
  })

  test.each([
    ['outbox key', ['outbox', 'key', '--output', 'file']],
    ['emulator', ['emulator', '--issue-tokens', '3', '--tokens-file', 'file']],
  ])('a new file of %s that does not fit is removed, so that the next try can write it', async (name, args) => {
    const steps = `dd if=/dev/zero of=ballast bs=1k 2>/dev/null\nrun "$@"\nls >&2\nrm ballast
      ${name === 'emulator' ? 'timeout -s INT 5 "$@" > /dev/null' : 'run "$@"'}`
    const { codes, stderr, kept } = await onSmallDisk(args, 16, steps)
    expect(codes[0], stderr).toBe(4)
    expect(stderr).toContain('cannot be written: the disk is full.')
    expect(stderr).toMatch(/^ballast$/m)
    expect(stderr).not.toMatch(/^file$|already exists/m)
    expect(readFileSync(kept('file'), 'utf8')).toMatch(/\S\n$/)
  })

  test('if nothing fits, nothing is sent, and the next run starts', async () => {
    const tokens = provider.take(3)
    const args = ['revoke', folder.file(tokens.join('\n')), '-j', 'journal', '-o', 'output']
    const steps = 'dd if=/dev/zero of=ballast bs=1k 2>/dev/null\nrun "$@"\nrm ballast\nrun "$@"'
    const { codes, stderr } = await onSmallDisk(args, 64, steps)
    expect(codes, stderr).toEqual([2, 0])
    expect(stderr).toMatch(/The (?:key of the )?journal cannot be used: the disk is full/)
    for (const token of tokens) expect(provider.revocations.get(token)).toBe(1)
  })
})
