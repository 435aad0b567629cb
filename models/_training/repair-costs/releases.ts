import { meanAbsoluteError, rounded, rSquared } from '../metrics.ts'
import { sha256Of } from '../packing/artifact.ts'
import { jsonLines } from '../packing/jsonl.ts'
import type { Release } from '../release.ts'
import { columnsOf, load, type CostModel } from '../served/vehicle_repair_cost/predict.mjs'
import { readerOf, serverOf } from '../served/sources.ts'
import { boostedTrees, type BoostedTrees } from './boosted-trees.ts'
import { pricedDamages, type PricedDamage } from './generate.ts'
import { linearModel, type LinearModel, type Row } from './linear.ts'

const UNIT = 'abc_corp/pricing/vehicle_repair_cost'
const TRAINING_SEED = 20_260_401
const HELD_OUT_SEED = 20_260_402
const TRAINING_ROWS = 2500
const HELD_OUT_ROWS = 1000
const LOWEST_COST = 150

interface Plan {
  readonly version: number
  readonly parameters: Release['parameters']
  readonly train: (rows: readonly Row[]) => LinearModel | BoostedTrees
}

const PLANS: readonly Plan[] = [
  {
    version: 1,
    parameters: { algorithm: 'ridge regression', ridge: 1 },
    train: (rows) => linearModel(rows, { ridge: 1 }),
  },
  {
    version: 2,
    parameters: { algorithm: 'gradient boosted trees', trees: 120, depth: 4, learning_rate: 0.1, smallest_leaf: 12 },
    train: (rows) => boostedTrees(rows, { trees: 120, depth: 4, learningRate: 0.1, smallestLeaf: 12 }),
  },
]

/** What no version has seen in training: another seed of the same generator. */
export function heldOutDamages(): readonly PricedDamage[] {
  return pricedDamages(HELD_OUT_SEED, HELD_OUT_ROWS)
}

export function costReleases(): readonly Release[] {
  const data = pricedDamages(TRAINING_SEED, TRAINING_ROWS)
  const heldOut = heldOutDamages()
  return PLANS.map((plan) => released(plan, data, heldOut))
}

export function costMetrics(model: CostModel, heldOut: readonly PricedDamage[]): Release['metrics'] {
  const pairs = heldOut.map((damage) => ({
    actual: damage.repair_cost,
    predicted: model.predict(damage).repair_cost,
  }))
  return { mae: rounded(meanAbsoluteError(pairs), 2), r2: rounded(rSquared(pairs), 4) }
}

function released(plan: Plan, data: readonly PricedDamage[], heldOut: readonly PricedDamage[]): Release {
  const { version, parameters, train } = plan
  const model = train(data.map((damage) => ({ columns: columnsOf(damage), value: damage.repair_cost })))
  const stored = { model: `/${UNIT}`, version, lowest: LOWEST_COST, ...model }
  const files = new Map([...serverOf('vehicle_repair_cost'), ['model.json', `${JSON.stringify(stored)}\n`] as const])
  return {
    unit: UNIT,
    version,
    artifacts: [{ name: 'trained', number: version, files }],
    metrics: costMetrics(load(readerOf(files)), heldOut),
    parameters: { ...parameters, training_rows: TRAINING_ROWS, held_out_rows: HELD_OUT_ROWS },
    trainingData: {
      uri: `generator:models/_training/repair-costs/generate.ts?seed=${TRAINING_SEED}&count=${TRAINING_ROWS}`,
      sha256: sha256Of(jsonLines(data)),
    },
  }
}
