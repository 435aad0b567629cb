import type { ModelId } from '../domain/names.ts'
import { splitModelId } from '../domain/names.ts'
import type { UnitResult } from '../reconcile/reconcile-unit.ts'

/** What the daemon tells about itself: the source of /readyz and /metrics. */
export class Telemetry {
  ready = false
  leaseHeld = false
  revision: string | null = null
  /** Seconds since the epoch of the newest commit that everything is synced to. */
  syncedCommit: number | null = null
  queueDepth: Readonly<Record<string, number>> = { change: 0, resync: 0 }
  readonly #reconciles = new Map<string, number>()
  readonly #units = new Map<ModelId, UnitResult>()

  onUnit(model: ModelId, result: UnitResult): void {
    this.#units.set(model, result)
    const { kind } = result.outcome
    this.#reconciles.set(kind, (this.#reconciles.get(kind) ?? 0) + 1)
  }

  /** Prometheus text format, version 0.0.4. */
  metrics(version: string): string {
    const rollouts = new Map<string, number>()
    const units = new Map<string, number>()
    for (const [model, { recorded }] of this.#units) {
      const labels = [
        splitModelId(model).namespace,
        recorded.status?.sync ?? 'Unknown',
        recorded.status?.health ?? 'Unknown',
      ]
      const unit = `namespace="${labels[0]}",sync="${String(labels[1])}",health="${String(labels[2])}"`
      units.set(unit, (units.get(unit) ?? 0) + 1)
      for (const { status } of recorded.deployments) rollouts.set(status, (rollouts.get(status) ?? 0) + 1)
    }
    const gauge = (name: string, values: Iterable<readonly [string, number]>, type = 'gauge'): string[] => [
      `# TYPE ${name} ${type}`,
      ...[...values].map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`),
    ]
    const labelled = (label: string, values: Iterable<readonly [string, number]>): [string, number][] =>
      [...values].map(([value, count]) => [`${label}="${value}"`, count])
    return [
      ...gauge('steward_build_info', [[`version="${version}"`, 1]]),
      ...gauge('steward_lease_held', [['', this.leaseHeld ? 1 : 0]]),
      ...gauge('steward_unit_info', units),
      ...gauge('steward_reconcile_total', labelled('result', this.#reconciles), 'counter'),
      ...gauge('steward_queue_depth', labelled('priority', Object.entries(this.queueDepth))),
      ...gauge('steward_rollouts', labelled('state', rollouts)),
      ...gauge('steward_synced_commit_timestamp_seconds', this.syncedCommit === null ? [] : [['', this.syncedCommit]]),
      '',
    ].join('\n')
  }
}
