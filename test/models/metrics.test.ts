import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { documentMetrics, heldOutDocuments } from '../../models/_training/claim-documents/releases.ts'
import { costMetrics, heldOutDamages } from '../../models/_training/repair-costs/releases.ts'
import { CLASSIFIER, REPAIR_COST, unpacked, versionDocument } from './unpacked.ts'

type Classifier = typeof import('../../models/_training/served/doc_classification/predict.mjs')
type CostEstimator = typeof import('../../models/_training/served/vehicle_repair_cost/predict.mjs')

describe('the recorded metrics', () => {
  it.each([1, 2, 3])(
    'of doc_classification %i are those of its archives on the held-out documents',
    async (version) => {
      await using files = await unpacked(CLASSIFIER, version)
      const { load } = (await packedCode(files.folder)) as Classifier
      expect(documentMetrics(load(readerIn(files.folder)), heldOutDocuments())).toEqual(files.document.metrics)
    },
  )

  it.each([1, 2])('of vehicle_repair_cost %i are those of its archive on the held-out damages', async (version) => {
    await using files = await unpacked(REPAIR_COST, version)
    const { load } = (await packedCode(files.folder)) as CostEstimator
    expect(costMetrics(load(readerIn(files.folder)), heldOutDamages())).toEqual(files.document.metrics)
  })

  it('of doc_classification get better with every version', async () => {
    const [first, second, third] = await recorded(CLASSIFIER, [1, 2, 3])
    for (const metric of ['accuracy', 'macro_f1']) {
      expect(second?.[metric], metric).toBeGreaterThan(first?.[metric] ?? 1)
      expect(third?.[metric], metric).toBeGreaterThan(second?.[metric] ?? 1)
    }
  })

  it('of vehicle_repair_cost get better with every version', async () => {
    const [first, second] = await recorded(REPAIR_COST, [1, 2])
    expect(second?.['mae']).toBeLessThan(first?.['mae'] ?? 0)
    expect(second?.['r2']).toBeGreaterThan(first?.['r2'] ?? 1)
  })
})

describe('the held-out part', () => {
  it('is scored by confidence that is near the share of right answers', async () => {
    await using files = await unpacked(CLASSIFIER, 3)
    const { load } = (await packedCode(files.folder)) as Classifier
    const model = load(readerIn(files.folder))
    const scores = heldOutDocuments().map(({ text }) => model.predict({ text }).score)
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
    expect(Math.abs(mean - (files.document.metrics['accuracy'] ?? 0))).toBeLessThan(0.1)
  })
})

async function recorded(unit: string, versions: readonly number[]): Promise<readonly Record<string, number>[]> {
  return Promise.all(versions.map(async (version) => (await versionDocument(unit, version)).metrics))
}

async function packedCode(folder: string): Promise<unknown> {
  return import(/* @vite-ignore */ pathToFileURL(join(folder, 'predict.mjs')).href)
}

function readerIn(folder: string): (path: string) => string {
  return (path) => readFileSync(join(folder, path), 'utf8')
}
