/** One bar. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly tone: 'ours' | 'peer' | 'limit'
}

const ROW = 28
const LABEL = 210
const WIDTH = 640

/** Draws a bar chart that is readable on light and dark pages. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value))
  const height = 48 + bars.length * ROW
  const rows = bars.map(({ label, value, tone }, index) => {
    const y = 40 + index * ROW
    const length = Math.max(1, Math.round((value / most) * (WIDTH - LABEL - 80)))
    return [
      `<text x="${LABEL - 8}" y="${y + 14}" text-anchor="end">${escapeXml(label)}</text>`,
      `<rect class="${tone}" x="${LABEL}" y="${y}" width="${length}" height="19" rx="3"/>`,
      `<text x="${LABEL + length + 8}" y="${y + 14}">${Math.round(value).toLocaleString('en')}</text>`,
    ].join('')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.ours{fill:#1a7f37}.peer{fill:#8c959f}.limit{fill:#bf8700}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3fb950}.peer{fill:#6e7681}.limit{fill:#d29922}}</style>
<text class="title" x="8" y="22">${escapeXml(title)}</text>
${rows.join('\n')}
</svg>
`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
