import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Balancer, ownerOf, pointOf, SmoothChoice, type Share } from '../../src/host/balancing.ts'
import type { Target } from '../../src/host/running-deployment.ts'
import type { ServerProcess } from '../../src/host/server-process.ts'

const server = (inFlight = 0): ServerProcess => ({ inFlight }) as ServerProcess
const target = (setId: string, weight: number, processes: readonly ServerProcess[]): Target => ({
  setId,
  modelVersion: 1,
  weight,
  processes,
})
const nobody = { avoided: new Set<ServerProcess>(), point: null, before: null }
const weights = (min: number, max: number): fc.Arbitrary<Share[]> =>
  fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: min, maxLength: max })
    .map((list) => list.map((weight, index) => ({ id: String(index), weight })))
    .filter((list) => list.some(({ weight }) => weight > 0))

function deal(shares: readonly Share[], count: number): readonly string[] {
  const choice = new SmoothChoice()
  return Array.from({ length: count }, () => choice.next(shares) ?? '')
}

describe('the smooth choice', () => {
  it('gives each set its share to within one request, after any number of them', () => {
    fc.assert(
      fc.property(weights(1, 6), fc.integer({ min: 1, max: 400 }), (shares, count) => {
        const total = shares.reduce((sum, { weight }) => sum + weight, 0)
        const counts = new Map<string, number>()
        deal(shares, count).forEach((id, index) => {
          counts.set(id, (counts.get(id) ?? 0) + 1)
          for (const { id: one, weight } of shares) {
            expect(Math.abs((counts.get(one) ?? 0) - ((index + 1) * weight) / total)).toBeLessThan(1)
          }
        })
      }),
    )
  })

  it('gives two sets their shares to within one request in every window', () => {
    fc.assert(
      fc.property(weights(2, 2), fc.nat(150), fc.integer({ min: 1, max: 150 }), (shares, from, length) => {
        const total = shares.reduce((sum, { weight }) => sum + weight, 0)
        const window = deal(shares, from + length).slice(from)
        for (const { id, weight } of shares) {
          const count = window.filter((one) => one === id).length
          expect(Math.abs(count - (length * weight) / total)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('does not drift with weights that are no whole numbers', () => {
    const shares = [
      { id: 'a', weight: 33.3 },
      { id: 'b', weight: 66.7 },
    ]
    const dealt = deal(shares, 100_000)
    expect(Math.abs(dealt.filter((id) => id === 'a').length - 33_300)).toBeLessThan(1.01)
  })

  it('gives nobody where no weight is above 0', () => {
    expect(new SmoothChoice().next([])).toBeUndefined()
    expect(new SmoothChoice().next([{ id: 'a', weight: 0 }])).toBeUndefined()
  })
})

describe('a caller’s place', () => {
  const shares = (old: number, fresh: number): readonly Share[] => [
    { id: 'old', weight: old },
    { id: 'new', weight: fresh },
  ]

  it('is the same for the same value, and another deployment has other places', () => {
    expect(pointOf('/a/b#c', 'alice')).toBe(pointOf('/a/b#c', 'alice'))
    expect(pointOf('/a/b#c', 'alice')).not.toBe(pointOf('/a/b#d', 'alice'))
  })

  it('stays on the new set while its weight grows', () => {
    const value = fc.string({ minLength: 1 })
    const growing = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(value, growing, (caller, list) => {
        const point = pointOf('/a/b#c', caller)
        const owners = list.toSorted((a, b) => a - b).map((weight) => ownerOf(shares(100 - weight, weight), point))
        const first = owners.indexOf('new')
        if (first >= 0) expect(owners.slice(first).every((owner) => owner === 'new')).toBe(true)
      }),
    )
  })

  it('always has an owner of weight above 0, and owners have their shares', () => {
    fc.assert(
      fc.property(weights(1, 6), fc.double({ min: 0, max: 99.999_999, noNaN: true }), (all, point) => {
        expect(all.find(({ id }) => id === ownerOf(all, point))?.weight).toBeGreaterThan(0)
      }),
    )
    const callers = Array.from({ length: 10_000 }, (_, index) => pointOf('/a/b#c', `caller ${index}`))
    const fresh = callers.filter((point) => ownerOf(shares(90, 10), point) === 'new').length
    expect(fresh).toBeGreaterThan(900)
    expect(fresh).toBeLessThan(1_100)
  })
})

describe('the balancer', () => {
  it('takes the server with the fewest open requests of the set, and equals in turn', () => {
    const [busy, one, two] = [server(3), server(1), server(1)]
    const balancer = new Balancer()
    const chosen = Array.from(
      { length: 4 },
      () => balancer.choose([target('a', 1, [busy, one, two])], nobody)?.server ?? busy,
    )
    expect(new Set(chosen)).toEqual(new Set([one, two]))
    expect(chosen[0]).toBe(chosen[2])
  })

  it('uses another set of weight above 0 where the chosen one has no server', () => {
    const balancer = new Balancer()
    const targets = [target('old', 50, [server()]), target('new', 50, []), target('idle', 0, [server()])]
    for (const point of [null, 0, 49, 99]) {
      expect(balancer.choose(targets, { ...nobody, point })?.target.setId).toBe('old')
    }
    expect(balancer.choose([target('new', 50, []), target('idle', 0, [server()])], nobody)).toBeNull()
  })

  it('tries a request again on the set that it was sent to, if that has another server', () => {
    const [bad, good, other] = [server(), server(), server()]
    const balancer = new Balancer()
    const wish = { avoided: new Set([bad]), point: 99, before: 'new' }
    const targets = [target('old', 99, [other]), target('new', 1, [bad, good])]
    expect(balancer.choose(targets, wish)?.server).toBe(good)
    expect(balancer.choose([target('old', 99, [other]), target('new', 1, [bad])], wish)?.server).toBe(other)
  })
})
