import type { Sample } from './failover.ts'

const WIDTH = 860
const HEIGHT = 320
const LEFT = 64
const RIGHT = 110
const TOP = 24
const BOTTOM = 40

/** Draws the acknowledged, revoked and pending logouts over time, as SVG that is readable on light and dark pages. */
export function plotFailover(samples: readonly Sample[], kills: readonly number[], title: string): string {
  const end = samples.at(-1)?.at ?? 1
  const top = Math.max(1, ...samples.map(({ acknowledged }) => acknowledged))
  const x = (seconds: number): string => (LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT)).toFixed(1)
  const y = (count: number): string => (HEIGHT - BOTTOM - (count / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1)
  const line = (of: (sample: Sample) => number): string =>
    samples.map((sample) => `${x(sample.at)},${y(of(sample))}`).join(' ')
  const series: [string, string, (sample: Sample) => number][] = [
    ['acknowledged', '#2f6fdb', ({ acknowledged }) => acknowledged],
    ['revoked', '#1a8f5a', ({ revoked, acknowledged }) => Math.min(revoked, acknowledged)],
    ['pending', '#c2571a', ({ acknowledged, revoked }) => Math.max(0, acknowledged - revoked)],
  ]
  const labels = series.map(
    ([name, color], index) =>
      `<text x="${WIDTH - RIGHT + 8}" y="${TOP + 14 + index * 18}" fill="${color}">${name}</text>`,
  )
  const lines = series.map(
    ([, color, of]) => `<polyline fill="none" stroke="${color}" stroke-width="2" points="${line(of)}"/>`,
  )
  const marks = kills.map(
    (at) =>
      `<line x1="${x(at)}" y1="${TOP}" x2="${x(at)}" y2="${HEIGHT - BOTTOM}" stroke="#b3261e" stroke-dasharray="3 3"/>`,
  )
  const ticks = [0, 0.5, 1].map(
    (share) =>
      `<text x="${LEFT - 8}" y="${y(top * share)}" text-anchor="end" dominant-baseline="middle" fill="#777">${Math.round(top * share)}</text>`,
  )
  const seconds = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(end * share)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#777">${Math.round(end * share)} s</text>`,
  )
  const axis = `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#777"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">
<title>${title}</title>
${[axis, ...ticks, ...seconds, ...marks, ...lines, ...labels].join('\n')}
</svg>
`
}
