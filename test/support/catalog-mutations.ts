/** 0 <= n < 1, the same sequence for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pieces = [
  ...[
    '\n',
    '\t',
    '\r\n',
    ' ',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '"',
    "'",
    '|',
    '>',
    '%',
    '@',
    '`',
    '---\n',
  ],
  ...['&a ', '*a', '!!set ', '!x ', '<<: ', '~', '.nan', '1e999', '0x', 'null', 'true', '__proto__: ', 'constructor: '],
  ...['\0', '\uFEFF', '\u2028', '\u{1F98A}', '"\\uD800"', '/', '..', '.yaml', '.yml', '_'],
]

/** A few random edits: bytes changed, cut out, doubled, or pieces of YAML put in. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let now = Buffer.from(bytes)
  const at = (): number => Math.floor(random() * (now.length + 1))
  const edits = 1 + Math.floor(random() * 6)
  for (let edit = 0; edit < edits; edit += 1) {
    const [from, to] = [at(), at()].sort((a, b) => a - b)
    const [head, cut, tail] = [now.subarray(0, from), now.subarray(from, to), now.subarray(to)]
    const choice = random()
    const piece = Buffer.from(pieces[Math.floor(random() * pieces.length)] ?? '')
    if (choice < 0.5) now = Buffer.concat([head, piece, cut, tail])
    else if (choice < 0.7) now = Buffer.concat([head, Buffer.of(Math.floor(random() * 256)), cut.subarray(1), tail])
    else if (choice < 0.85) now = Buffer.concat([head, tail])
    else now = Buffer.concat([head, cut, cut, tail])
  }
  return now
}
