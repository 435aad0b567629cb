/** The process that reads the documents: what it holds and how long it takes is watched by the one that started it. */
import { fuzz } from './fuzz.ts'
import { readHostile } from './hostile.ts'
import type { FuzzOptions } from './options.ts'

export type Order =
  { readonly job: 'fuzz'; readonly options: FuzzOptions } | { readonly job: 'hostile'; readonly index: number }

process.once('message', (order: Order) => {
  const progress = (number: number): void => {
    if (number % 10 === 0) process.send?.({ at: number })
  }
  const report = order.job === 'fuzz' ? fuzz(order.options, progress) : readHostile(order.index)
  // maxRSS is in kilobytes.
  process.send?.({ report, peakBytes: process.resourceUsage().maxRSS * 1024 }, () => process.disconnect())
})
