/** Writes a time span for people: `0.8 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const [day, hour, minute] = [86_400, 3_600, 60]
  const parts = (big: number, bigName: string, small: number, smallName: string): string => {
    const rest = Math.floor((seconds % big) / small)
    return `${Math.floor(seconds / big)} ${bigName}${rest ? ` ${rest} ${smallName}` : ''}`
  }
  if (seconds >= day) return parts(day, 'd', hour, 'h')
  if (seconds >= hour) return parts(hour, 'h', minute, 'min')
  if (seconds >= minute) return parts(minute, 'min', 1, 's')
  return `${seconds} s`
}

/**
 * Writes a whole number for people: `1,234,567`. `toLocaleString` would load the data of locales first, which takes a
 * tenth of the time of a short command.
 */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
