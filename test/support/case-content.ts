/** How the text of a section stands in a case: as it is, with escapes, or as base64. */
export type Encoding = 'plain' | 'escaped' | 'base64'

const escapes: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, '0': 0x00, '\\': 0x5c }

/** `\{COUNT TEXT}`, or one escape: `\n`, `\xHH` (a byte), `\uHHHH` (a character), a line's end that does not count. */
const token = /\\(?:\{(\d+) ((?:[^}\\]|\\.)*)\}|x([0-9a-f]{2})|u([0-9a-f]{4})|([nrt0\\])|\n)/gi

/**
 * The bytes of a section. Escapes make visible what an editor would hide or mend (tabs, carriage returns, other
 * encodings), and keep documents of a megabyte small: `\{300000 x}` is 300 000 times `x`. Throws on an unknown escape.
 */
export function caseBytes(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'base64') return Buffer.from(text, 'base64')
  return encoding === 'plain' ? Buffer.from(text) : Buffer.concat(unescaped(text))
}

function unescaped(text: string): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (const match of text.matchAll(token)) {
    parts.push(plain(text.slice(from, match.index)), ofToken(match))
    from = match.index + match[0].length
  }
  return [...parts, plain(text.slice(from))]
}

function plain(text: string): Buffer {
  const at = text.indexOf('\\')
  if (at !== -1) throw new Error(`unknown escape ${JSON.stringify(text.slice(at, at + 4))}`)
  return Buffer.from(text)
}

function ofToken([, count, repeated, byte, character, name]: RegExpExecArray): Buffer {
  if (count !== undefined) {
    const part = Buffer.concat(unescaped(repeated ?? ''))
    return Buffer.alloc(part.length * Number(count), part)
  }
  if (byte !== undefined) return Buffer.of(Number.parseInt(byte, 16))
  if (character !== undefined) return Buffer.from(String.fromCharCode(Number.parseInt(character, 16)))
  const code = escapes[name?.toLowerCase() ?? '']
  return code === undefined ? Buffer.alloc(0) : Buffer.of(code)
}
