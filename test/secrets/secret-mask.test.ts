import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SecretMask } from '../../src/secrets/secret-mask.ts'
import { Secret } from '../../src/secrets/secret.ts'

const PASSWORD = 'pa$$ w/ört+"quote"\\é'
const KEY = `-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQ==\n-----END KEY-----\n`

const maskOf = (...values: readonly string[]): SecretMask => new SecretMask(values.map((value) => new Secret(value)))

function masked(mask: SecretMask, chunks: readonly Buffer[]): string {
  const stream = mask.stream()
  return Buffer.concat([...chunks.map((chunk) => stream.push(chunk)), stream.end()]).toString('utf8')
}

/** The text in pieces of which each begins at one of the cuts. */
function cut(text: string, cuts: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text)
  const places = [0, ...cuts.map((one) => one % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

const forms: readonly (readonly [form: string, text: string])[] = [
  ['as it is', PASSWORD],
  ['as JSON', JSON.stringify({ password: PASSWORD })],
  ['as JSON in ASCII', '"pa$$ w/\\u00f6rt+\\"quote\\"\\\\\\u00e9"'],
  ['in a URL', `https://x/?p=${encodeURIComponent(PASSWORD)}&q=1`],
  ['in a form', new URLSearchParams({ p: PASSWORD }).toString()],
  ['in base64', Buffer.from(PASSWORD).toString('base64')],
  ['in base64 for URLs', Buffer.from(PASSWORD).toString('base64url')],
  ['in base64 behind one byte', Buffer.from(`:${PASSWORD}`).toString('base64')],
  ['in base64 behind two bytes', Buffer.from(`u:${PASSWORD}!`).toString('base64')],
]

describe('a mask', () => {
  it.each(forms)('hides a secret %s', (_form, text) => {
    const found = maskOf(PASSWORD).mask(`before ${text} after`)
    expect(found).toContain('***')
    expect(found).toMatch(/^before .* after$/)
    // At most the characters at its ends that hold bits of their neighbours are left of it.
    for (const part of ['pa$$', 'quote', 'u00f6', '%C3%B6', 'ört']) expect(found).not.toContain(part)
    const base64 = Buffer.from(PASSWORD).toString('base64')
    expect(found).not.toContain(base64.slice(4, 12))
  })

  it('hides a long secret line by line, and whole in one line', () => {
    const mask = maskOf(KEY)
    expect(mask.mask(`key:\n${KEY}end`)).toBe('key:\n***end')
    const indented = KEY.split('\n')
      .map((line) => `  ${line}`)
      .join('\n')
    expect(mask.mask(indented)).not.toMatch(/MII|AAS|BEGIN/)
    for (const text of [JSON.stringify(KEY), encodeURIComponent(KEY), Buffer.from(KEY).toString('base64')]) {
      expect(mask.mask(text)).not.toMatch(/MII|AAS|BEGIN|LS0tLS1/)
    }
  })

  it('hides a secret whatever pieces it comes in, and changes nothing else', () => {
    const words = fc.array(fc.constantFrom('aab', 'aa', 'abaab', 'x', '\n', 'é', 'aabab', PASSWORD), { maxLength: 12 })
    const cuts = fc.array(fc.nat(400), { maxLength: 12 })
    const mask = maskOf('aabaab', 'abab', PASSWORD)
    fc.assert(
      fc.property(words, cuts, (list, places) => {
        const text = `${list.join('')}\n`
        const whole = masked(mask, [Buffer.from(text)])
        expect(masked(mask, cut(text, places))).toBe(whole)
        for (const secret of ['aabaab', 'abab', PASSWORD]) expect(whole).not.toContain(secret)
        if (!['aabaab', 'abab', PASSWORD].some((secret) => text.includes(secret))) expect(whole).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('holds nothing back that can not become a secret, and not much of what can', () => {
    const stream = maskOf('secret-value').stream()
    expect(stream.push(Buffer.from('a line\n')).toString()).toBe('a line\n')
    expect(stream.push(Buffer.from('a sec')).toString()).toBe('a ')
    expect(stream.push(Buffer.from('ond\n')).toString()).toBe('second\n')
    let given = 0
    const repeated = maskOf('abab').stream()
    for (let index = 0; index < 1_000; index += 1) given += repeated.push(Buffer.from('ab')).length
    expect(given).toBeLessThan(10)
  })

  it('hides a beginning of a secret that the output ends with', () => {
    expect(maskOf('secret-value').mask('dying: secret-va')).toBe('dying: ***')
    expect(maskOf('secret-value').mask('dying: s')).toBe('dying: s')
  })

  it('lets bytes through that are no text', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x0a])
    const stream = maskOf('abc').stream()
    expect(Buffer.concat([stream.push(bytes), stream.end()])).toEqual(bytes)
    const nothing = new SecretMask([]).stream()
    expect(nothing.push(bytes)).toEqual(bytes)
  })

  it('is quick enough for a key file and a megabyte of output', () => {
    const mask = maskOf(Array.from({ length: 60 }, (_, index) => `${index}`.repeat(32)).join('\n'))
    const began = performance.now()
    const stream = mask.stream()
    for (let index = 0; index < 16; index += 1) stream.push(Buffer.from('a line of a log 1234\n'.repeat(3_000)))
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
