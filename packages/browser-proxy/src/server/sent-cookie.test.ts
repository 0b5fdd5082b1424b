import { describe, expect, test } from 'vitest'
import { CHUNK_SEPARATORS, sentCookie } from './sent-cookie.ts'

const read = (cookie: string, name = 'sid', separators: readonly string[] = CHUNK_SEPARATORS) =>
  sentCookie(new Request('https://app.example.com', { headers: { cookie } }), name, separators)

describe('a cookie in chunks', () => {
  test.each(CHUNK_SEPARATORS)('is joined in any order: %s', (separator) => {
    const cookie = [2, 0, 1].map((index) => `sid${separator}${index}=part${index}`).join('; ')
    const { value, chunks, problem } = read(cookie)
    expect(value).toBe('part0part1part2')
    expect([...chunks].sort()).toEqual([0, 1, 2].map((index) => `sid${separator}${index}`))
    expect(problem).toBeUndefined()
  })

  test('is joined by number, not by text', () => {
    const cookie = Array.from({ length: 12 }, (_, index) => `sid.${index}=${index},`).join('; ')
    expect(read(cookie).value).toBe('0,1,2,3,4,5,6,7,8,9,10,11,')
  })

  test("is joined from 1 on if the cookie states the number of chunks, as h3's does", () => {
    expect(read('sid=__chunked__2; sid.2=b; sid.1=a; sid.3=stale; sid.0=stale').value).toBe('ab')
    expect(read('sid=__chunked__2; sid.1=a').problem).toMatch(/came in chunks/)
    expect(read('sid=__chunked__2').problem).toMatch(/came in chunks/)
    expect(read('sid=__chunked__101; sid.1=a').problem).toMatch(/came in chunks/)
    expect(read('sid=__chunked__2; sid.1=a; sid.2=b', 'sid', []).value).toBe('__chunked__2')
  })

  test('may end in the middle of an escape', () => {
    expect(read('sid.0=%C3%; sid.1=A4').value).toBe('ä')
    expect(read('sid.0="a%3D"; sid.1="b"').value).toBe('a=b')
  })

  test('yields to the cookie in one piece', () => {
    expect(read('sid.0=old; sid=new; sid.1=older')).toEqual({ value: 'new', chunks: ['sid.0', 'sid.1'] })
  })

  // 102 of them once hid it.
  test.each([100, 101, 102, 5_000])('yields to the cookie in one piece, also after %i planted ones', (count) => {
    const planted = Array.from({ length: count }, (_, index) => `sid.${index}=x`)
    const { value, chunks } = read([...planted, 'sid=whole', 'sid=later'].join('; '))
    expect([value, chunks.length]).toEqual(['whole', Math.min(count, 101)])
  })

  test('counts if the cookie in one piece is empty', () => {
    expect(read('sid=; sid.0=a; sid.1=').value).toBe('a')
  })

  test.each([
    ['the first is missing', 'sid.1=b; sid.2=c'],
    ['one in the middle is missing', 'sid.0=a; sid.2=c'],
    ['one in the middle is empty', 'sid.0=a; sid.1=; sid.2=c'],
    ['there are too many', Array.from({ length: 101 }, (_, index) => `sid.${index}=x`).join('; ')],
    ['they are too long', `sid.0=${'x'.repeat(200_000)}; sid.1=${'x'.repeat(62_145)}`],
  ])('is a problem if %s', (_case, cookie) => {
    const { value, problem } = read(cookie)
    expect(value).toBeUndefined()
    expect(problem).toMatch(/came in chunks/)
  })

  test('is read up to the bounds', () => {
    expect(read(Array.from({ length: 100 }, (_, index) => `sid.${index}=x`).join('; ')).value).toBe('x'.repeat(100))
    expect(read(`sid.0=${'x'.repeat(200_000)}; sid.1=${'x'.repeat(62_144)}`).value).toHaveLength(262_144)
  })

  test.each(['sid.01=a', 'sid.a=a', 'sid.=a', 'sid0=a', 'sid.0.1=a', 'xsid.0=a', 'sid.0', 'SID.0=a', 'sid:0=a'])(
    'does not include cookies that only look like chunks: %s',
    (cookie) => {
      expect(read(cookie)).toEqual({ value: undefined, chunks: [] })
    },
  )

  test('is not searched for if the names differ', () => {
    expect(read('sid_0=a; sid_1=b', 'sid', [])).toEqual({ value: undefined, chunks: [] })
  })

  test('with two cookies of the same name is the first, which has the longer path', () => {
    expect(read('sid.0=a; sid.0=x; sid.1=b').value).toBe('ab')
    expect(read('sid=first; sid=second').value).toBe('first')
  })

  test('takes little time, however many chunks there are', () => {
    const cookie = Array.from({ length: 50_000 }, (_, index) => `sid.${index}=x`).join('; ')
    const start = process.cpuUsage()
    expect(read(cookie).chunks.length).toBe(101)
    expect(process.cpuUsage(start).user).toBeLessThan(3_000_000)
  })
})
