import fc from 'fast-check'
import type { Json } from '../../../src/domain/json.ts'

const keys = fc.constantFrom(
  'a',
  'b',
  'c',
  'model_version',
  'hold',
  'val/acc',
  'x y',
  'a: b',
  'true',
  '1',
  '- q',
  '🚀',
  'é',
  '',
)
const words = fc.constantFrom(
  ...[
    '',
    'x',
    'true',
    '3',
    '1.10',
    'no',
    '2026-12-04',
    'one two',
    'a: b',
    'a #b',
    '# c',
    "it's",
    'say "hi"',
    '[x',
    'a, b',
  ],
  ...[
    's3://b/k',
    '- x',
    '@x',
    'é',
    'e\u0301',
    '👩‍👩‍👧',
    'a\nb',
    'a\nb\n',
    'a\n\n',
    'word\n',
    ' lead',
    'trail ',
    '\ttab',
    '---',
    '\u0085',
    'x'.repeat(150),
  ],
)
const { value } = fc.letrec<{ value: Json; scalar: Json }>((tie) => ({
  scalar: fc.oneof(
    { weight: 4, arbitrary: words },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
    { weight: 2, arbitrary: fc.constantFrom(0, 1, -3, 0.5, 1e15, 1e-7, true, false, null) },
  ),
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: tie('scalar') },
    { weight: 2, arbitrary: fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
  ),
}))
/** Any value that JSON can hold, with text that is hard to write as YAML. */
export const jsonValue = value

/** What a document holds: a mapping, seldom a list, with something in it. */
export const documentRoot = fc.oneof(
  { weight: 9, arbitrary: fc.dictionary(keys, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true }) },
  { weight: 1, arbitrary: fc.array(value, { minLength: 1, maxLength: 4 }) },
)
/** What `renderRandom` picks from. */
export const documentStyle = fc.array(fc.nat(5039), { minLength: 20, maxLength: 60 })
