/** One run, in milliseconds or whatever the series is in; throws where the run fails. */
export type Timed = () => number | Promise<number>

/** What was seen of one subject beside a floor: one ratio for each round. */
export interface Series {
  readonly name: string
  readonly goal: string
  readonly ratios: readonly number[]
  /** The subject's and the floor's values themselves, for information. */
  readonly values: readonly number[]
  readonly floorValues: readonly number[]
  readonly floor: string
  readonly unit: string
}

export interface Subject {
  readonly name: string
  readonly goal: string
  readonly run: Timed
}

export interface RoundOptions {
  readonly rounds: number
  /** No round begins after this long, so that a slow subject gets fewer; two are always made. */
  readonly budgetMs: number
  readonly floor: { readonly name: string; readonly run: Timed }
  readonly subjects: readonly Subject[]
  /** Runs every subject once before: Node's compile cache is filled then, as it is from the second run on. */
  readonly warm?: boolean
  /** Default `ms`. */
  readonly unit?: string
}

/** Interleaved: in each round the floor and then every subject, so that what slows the machine slows all of them. */
export async function interleave({
  rounds,
  budgetMs,
  floor,
  subjects,
  warm = false,
  unit = 'ms',
}: RoundOptions): Promise<Series[]> {
  const seen = subjects.map(() => ({ ratios: Array<number>(), values: Array<number>(), floorValues: Array<number>() }))
  await floor.run() // What is read from disk is read once before.
  if (warm) for (const { run } of subjects) await run()
  const end = performance.now() + budgetMs
  for (let round = 0; round < rounds && (round < 2 || performance.now() < end); round += 1) {
    const floorValue = await floor.run()
    for (const [index, { run }] of subjects.entries()) {
      const value = await run()
      seen[index]?.ratios.push(value / floorValue)
      seen[index]?.values.push(value)
      seen[index]?.floorValues.push(floorValue)
    }
  }
  return subjects.flatMap(({ name, goal }, index) => {
    const one = seen[index]
    return one === undefined ? [] : [{ name, goal, floor: floor.name, unit, ...one }]
  })
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
