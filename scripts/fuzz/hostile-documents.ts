import type { DocumentKind } from '../../src/declared/catalog/layout.ts'
import { limits } from '../../src/declared/yaml/limits.ts'
import { mutate, seededRandom } from '../../test/support/catalog-mutations.ts'

/** Just within the limit of a file. */
const SIZE = 1024 * 1024 - 1024

export interface HostileDocument {
  readonly name: string
  /** Made when it is read: all of them together are larger than what one may take. */
  readonly text: () => string
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
    ...pieces.map((piece) => ({ name: `${JSON.stringify(piece)} over and over`, text: () => filled(piece) })),
    ...pieces
      .filter((_piece, index) => index % 2 === 0)
      .map((piece) => ({
        name: `labels and ${JSON.stringify(piece)} over and over`,
        text: () => `labels: ${filled(piece)}`,
      })),
    { name: 'many keys', text: () => lines((index) => `k${index}: v\n`) },
    { name: 'many keys of one mapping', text: () => `labels:\n${lines((index) => `  k${index}: v\n`)}` },
    { name: 'many keys of one flow', text: () => `labels: {${lines((index) => `k${index}: v, `)}}` },
    { name: 'one key many times', text: () => `labels:\n${lines(() => '  a: b\n')}` },
    { name: 'many numbers as keys', text: () => `labels:\n${lines((index) => `  ${index}: v\n`)}` },
    { name: 'one key of a megabyte', text: () => `${filled('k')}: v\n` },
    { name: 'one text of a megabyte', text: () => `owner: ${filled('x')}\n` },
    { name: 'one quoted text of a megabyte', text: () => `owner: "${filled('x')}"\n` },
    { name: 'one quoted text of escapes', text: () => `owner: "${filled('\\u0041')}"\n` },
    { name: 'one literal block', text: () => `owner: |\n${filled('  x\n')}` },
    { name: 'one folded block', text: () => `owner: >\n${filled('  x\n\n')}` },
    { name: 'a text of many lines', text: () => `owner: a\n${filled('  b c\n')}` },
    { name: 'mappings in each other', text: () => lines((index) => `${' '.repeat(index)}a:\n`) },
    { name: 'lists in each other', text: () => lines((index) => `${' '.repeat(index)}-\n`) },
    { name: 'anchors of their own', text: () => `labels:\n${lines((index) => `  k${index}: &a${index} v\n`)}` },
    { name: 'an anchor and its aliases', text: () => `labels: {a: &a b, c: [${filled('*a, ')}]}` },
    {
      name: 'aliases of aliases',
      text: () => `labels:\n  a0: &a0 [x]\n${lines((n) => `  a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`)}`,
    },
    { name: 'comments before everything', text: () => `${filled('# a\n')}owner: a\n` },
    { name: 'a comment of a megabyte', text: () => `owner: a #${filled('x')}\n` },
    { name: 'unknown fields', text: () => lines((index) => `unknown_${index}: 1\n`) },
    ...withinLimits(),
    {
      name: 'bytes of every kind',
      text: () => Buffer.from(mutate(Buffer.from(filled('a: [b, {c: "d"}]\n')), seededRandom(1))).toString('utf8'),
    },
  ]
}

/** As much of one thing as the limit of nodes allows, so that every rule sees it. */
function withinLimits(): HostileDocument[] {
  const schema = (line: (index: number) => string, nodes: number): string =>
    `inference:\n  input:\n    schema:\n${many(nodes, line)}`
  const variables = 'model_version: 1\nenvironment_variables:\n'
  const secrets = 'data_sources:\n  - name: x\n    connection:\n'
  return [
    { name: 'fields that no kind has', text: () => many(2, (n) => `field_${n}: 1\n`) },
    { name: 'labels that are numbers', text: () => `labels:\n${many(2, (n) => `  k${n}: ${n}\n`)}` },
    { name: 'texts in quotes', text: () => `labels:\n${many(2, (n) => `  k${n}: "v"\n`)}` },
    {
      name: 'what looks like secrets',
      text: () => `${secrets}${many(2, (n) => `      k${n}_password: correct-horse\n`)}`,
    },
    { name: 'variables', kind: 'Deployment', text: () => variables + many(5, (n) => `  - {name: A${n}, value: b}\n`) },
    { name: 'one variable', kind: 'Deployment', text: () => variables + many(5, () => '  - {name: A, value: b}\n') },
    {
      name: 'variables without value',
      kind: 'Deployment',
      text: () => variables + many(3, (n) => `  - name: A${n}\n`),
    },
    ...(
      [
        ['steps that wait for the next one', (n: number) => `s${n + 1}`],
        ['steps that wait for the one before', (n: number) => `s${Math.max(0, n - 1)}`],
        ['steps that wait for nothing there is', (n: number) => `t${n}`],
      ] as const
    ).map(([name, needs]): HostileDocument => {
      const steps = many(9, (n) => `  - {name: s${n}, needs: [${needs(n)}], command: [a]}\n`)
      return { name, kind: 'TrainingPipeline', text: () => `register: {artifact: a}\nsteps:\n${steps}` }
    }),
    { name: 'stages', kind: 'Lifecycle', text: () => `stages:\n${many(3, (n) => `  - {name: s${n}}\n`)}` },
    {
      name: 'gates',
      kind: 'Lifecycle',
      text: () => `stages:\n${many(14, (n) => `  - {name: s${n}, gates: [{soak: {stage: t${n}, for: 1h}}]}\n`)}`,
    },
    { name: 'roles', kind: 'Roles', text: () => `roles:\n${many(3, (n) => `  r${n}: [github:a]\n`)}` },
    { name: 'members', kind: 'Roles', text: () => `roles:\n  r:\n${many(1, (n) => `    - github:a${n}\n`)}` },
    {
      name: 'severities',
      kind: 'Settings',
      text: () => `severities:\n${many(6, (n) => `  ST${n}: {severity: error, reason: a}\n`)}`,
    },
    { name: 'references between schemas', text: () => schema((n) => `      p${n}: {$ref: '#/p${n + 1}'}\n`, 4) },
    { name: 'anchors of schemas', text: () => schema((n) => `      p${n}: {$ref: '#x${n}'}\n`, 4) },
    { name: 'patterns of schemas', text: () => schema((n) => `      p${n}: {pattern: '(${n}'}\n`, 4) },
    {
      name: 'buckets',
      kind: 'ModelVersion',
      text: () => `artifacts:\n${many(5, (n) => `  - {name: a${n}, uri: s3://B/a}\n`)}`,
    },
    {
      name: 'metrics out of range',
      kind: 'ModelVersion',
      text: () => `metrics:\n${many(2, (n) => `  m${n}: 1e-300\n`)}`,
    },
  ]
}

/** As many lines as there may be, each of `nodes` nodes. */
function many(nodes: number, line: (index: number) => string): string {
  const count = Math.floor((limits.nodes - 100) / nodes)
  let text = ''
  for (let index = 0; index < count && text.length < SIZE; index += 1) text += line(index)
  return text
}
