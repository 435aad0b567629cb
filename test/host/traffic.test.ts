import { expect, it } from 'vitest'
import type { Share } from '../../src/host/balancing.ts'
import { weightsInForce } from '../../src/host/traffic.ts'

const shares = (weights: Readonly<Record<string, number>>): readonly Share[] =>
  Object.entries(weights).map(([id, weight]) => ({ id, weight }))

/** `!`: all replicas of the set are ready; `+`: some are. */
const rows: readonly (readonly [
  reason: string,
  inForce: Readonly<Record<string, number>>,
  asked: Readonly<Record<string, number>>,
  states: string,
  applied: boolean,
])[] = [
  ['everything is ready', { a: 100 }, { a: 0, b: 100 }, 'a! b!', true],
  ['only what gets more traffic has to be ready', { a: 100 }, { a: 0, b: 100 }, 'a+ b!', true],
  ['one that gets less does not keep a fix from its traffic', { a: 90, b: 10 }, { a: 50, b: 50 }, 'a+ b!', true],
  ['one that gets more waits for its own replicas', { a: 90, b: 10 }, { a: 50, b: 50 }, 'a! b+', false],
  ['one replica does not take the traffic of two', { a: 100 }, { a: 0, b: 100 }, 'a! b+', false],
  ['nothing of the new set is ready', { a: 100 }, { a: 90, b: 10 }, 'a! b', false],
  ['the set that carries traffic is asked for no more', { a: 50, b: 50 }, { a: 100 }, 'a+', true],
  ['a set without traffic may leave', { a: 100, b: 0 }, { a: 100, c: 10 }, 'a! c', false],
  ['nobody serves, and a new one can', { a: 100 }, { a: 0, b: 100 }, 'a b+', true],
  ['nobody can serve: who comes first shall', { a: 100 }, { a: 0, b: 100 }, 'a b', false],
  ['the first body, as soon as one can serve', {}, { a: 100 }, 'a+', true],
  ['no traffic is asked for', { a: 100 }, { a: 0 }, 'a!', true],
]

it.each(rows)('%s', (_reason, inForce, asked, states, applied) => {
  const wanted = shares(asked)
  const found = weightsInForce({
    inForce: shares(inForce),
    asked: wanted,
    complete: (id) => states.includes(`${id}!`),
    usable: (id) => states.includes(`${id}!`) || states.includes(`${id}+`),
  })
  expect(found === wanted).toBe(applied)
  if (!applied) expect(found).toEqual(shares(inForce))
})
