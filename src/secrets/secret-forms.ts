import type { Secret } from './secret.ts'

/** A line of a longer secret that is shorter says nothing, and hiding it would hide ordinary text. */
const SHORTEST_LINE = 4
/** Fewer characters of a base64 text are found in ordinary words. */
const SHORTEST_BASE64 = 6

function urlForms(text: string): readonly string[] {
  // encodeURIComponent throws on a lone surrogate, which a variable can't hold: its bytes are UTF-8.
  const plain = encodeURIComponent(text.toWellFormed())
  // As RFC 3986 has it, as forms have it, and as Python's quote has it.
  const strict = plain.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  const upper = [plain, strict, strict.replaceAll('%2F', '/')].flatMap((form) => [form, form.replaceAll('%20', '+')])
  return upper.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())])
}

function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1)
  const ascii = plain.replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [plain, ascii, plain.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')]
}

/**
 * Base64 of the text, alone or within a longer one (`user:secret` of a Basic header): how it looks depends on where it
 * begins, so there are three. The characters at the ends that hold bits of the neighbours are left out.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const within = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
  const alone = bytes.toString('base64')
  const long = within.filter((form) => form.length >= SHORTEST_BASE64)
  return [alone, alone.replace(/=+$/, ''), ...long].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ])
}

/** Every text under which a secret may stand in a line of output: as it is, escaped, encoded; long ones by line too. */
export function formsOf(secret: Secret): readonly string[] {
  const value = secret.reveal()
  const lines = value.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST_LINE)
  const texts = value.includes('\n') ? [...lines, ...lines.map((line) => line.trim())] : [value]
  const forms = [value, ...texts].flatMap((text) => [text, ...jsonForms(text), ...urlForms(text), ...base64Forms(text)])
  return [...new Set(forms)].filter((form) => form !== '')
}
