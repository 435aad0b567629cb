import type { DocumentKind } from '../../src/declared/catalog/layout.ts'
import { mutate, seededRandom } from '../../test/support/catalog-mutations.ts'

/** Just within the limit of a file. */
const SIZE = 1024 * 1024 - 1024

export interface HostileDocument {
  readonly name: string
  readonly text: string
  /** Default Model. */
  readonly kind?: DocumentKind
}

const lines = (line: (index: number) => string): string => {
  let text = ''
  for (let index = 0; text.length < SIZE; index += 1) text += line(index)
  return text.slice(0, SIZE)
}

const filled = (piece: string): string => piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE)

const pieces: readonly string[] = [
  ...[
    '[',
    ']',
    '{',
    '}',
    '[]',
    '{}',
    '[[],',
    '{a: ',
    ',',
    '- ',
    '-',
    '? ',
    '?',
    ': ',
    ':',
    'a: ',
    'a:\n',
    '- - - ',
    '&a ',
    '&a',
    '*a ',
    '*a',
  ],
  ...[
    '!a ',
    '!',
    '!!str ',
    '|\n',
    '>\n',
    '"',
    "'",
    '""',
    "''",
    '"" ',
    '\\',
    '"\\',
    '#',
    ' #',
    '# ',
    '#\n',
    ' ',
    ' \n',
    '\n',
    '\r\n',
    '\t',
    '\t\n',
  ],
  ...[
    '---\n',
    '...\n',
    '--- ',
    '%',
    '%A\n',
    '%YAML 1.2\n',
    '@',
    '`',
    'a',
    'a ',
    'a\n',
    'a b\n',
    '0',
    '1,',
    '~,',
    '=',
    '<<: ',
    '<<: *a\n',
    'é',
    '🦊',
  ],
  ...[
    '\u0085',
    '\u2028',
    '\ufeff',
    'a: b\n',
    'a: "b"\n',
    "a: 'b'\n",
    'a: |\n  b\n',
    'a: >-\n  b\n',
    '- a\n',
    '- a: b\n',
    '- [a, b]\n',
    '- {a: b}\n',
    '{a: b, ',
    '[a, ',
  ],
]

/** Documents of one megabyte that keep parsers busy: one thing over and over, deep, long or many. */
export function hostileDocuments(): readonly HostileDocument[] {
  return [
    ...pieces.map((piece) => ({ name: `${JSON.stringify(piece)} over and over`, text: filled(piece) })),
    ...pieces.map((piece) => ({
      name: `labels and ${JSON.stringify(piece)} over and over`,
      text: `labels: ${filled(piece)}`,
    })),
    { name: 'many keys', text: lines((index) => `k${index}: v\n`) },
    { name: 'many keys of one mapping', text: `labels:\n${lines((index) => `  k${index}: v\n`)}` },
    { name: 'many keys of one flow', text: `labels: {${lines((index) => `k${index}: v, `)}}` },
    { name: 'one key many times', text: `labels:\n${lines(() => '  a: b\n')}` },
    { name: 'many numbers as keys', text: `labels:\n${lines((index) => `  ${index}: v\n`)}` },
    { name: 'one key of a megabyte', text: `${filled('k')}: v\n` },
    { name: 'one text of a megabyte', text: `owner: ${filled('x')}\n` },
    { name: 'one quoted text of a megabyte', text: `owner: "${filled('x')}"\n` },
    { name: 'one quoted text of escapes', text: `owner: "${filled('\\u0041')}"\n` },
    { name: 'one literal block', text: `owner: |\n${filled('  x\n')}` },
    { name: 'one folded block', text: `owner: >\n${filled('  x\n\n')}` },
    { name: 'a text of many lines', text: `owner: a\n${filled('  b c\n')}` },
    { name: 'mappings in each other', text: lines((index) => `${' '.repeat(index)}a:\n`) },
    { name: 'lists in each other', text: lines((index) => `${' '.repeat(index)}-\n`) },
    { name: 'anchors of their own', text: `labels:\n${lines((index) => `  k${index}: &a${index} v\n`)}` },
    { name: 'an anchor and its aliases', text: `labels: {a: &a b, c: [${filled('*a, ')}]}` },
    {
      name: 'aliases of aliases',
      text: `labels:\n  a0: &a0 [x]\n${lines((n) => `  a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`)}`,
    },
    { name: 'comments before everything', text: `${filled('# a\n')}owner: a\n` },
    { name: 'a comment of a megabyte', text: `owner: a #${filled('x')}\n` },
    { name: 'unknown fields', text: lines((index) => `unknown_${index}: 1\n`) },
    {
      name: 'variables',
      kind: 'Deployment',
      text: `model_version: 1\nenvironment_variables:\n${lines((n) => `  - {name: A${n}, value: b}\n`)}`,
    },
    {
      name: 'one variable many times',
      kind: 'Deployment',
      text: `model_version: 1\nenvironment_variables:\n${lines(() => '  - {name: A, value: b}\n')}`,
    },
    {
      name: 'steps in a row',
      kind: 'TrainingPipeline',
      text: `register: {artifact: a}\nsteps:\n${lines((n) => `  - {name: s${n}, needs: [s${n + 1}], command: [a], outputs: [a]}\n`)}`,
    },
    {
      name: 'a schema of many references',
      text: `inference:\n  input:\n    schema:\n${lines((n) => `      p${n}: {$ref: '#/p${n + 1}'}\n`)}`,
    },
    {
      name: 'a schema of anchors',
      text: `inference:\n  input:\n    schema:\n${lines((n) => `      p${n}: {$ref: '#x${n}'}\n`)}`,
    },
    {
      name: 'bytes of every kind',
      text: Buffer.from(mutate(Buffer.from(filled('a: [b, {c: "d"}]\n')), seededRandom(1))).toString('utf8'),
    },
  ]
}
