/** What the product's JSON says, as far as the demo reads it. */

export interface PlanJson {
  readonly summary: { readonly create: number; readonly update: number; readonly delete: number }
  readonly units: readonly {
    readonly actions: readonly {
      readonly kind: string
      readonly key: string
      readonly after: { readonly model_version?: number } | null
    }[]
  }[]
}

export interface DeploymentJson {
  readonly name: string
  readonly stage: string
  readonly live_version: number | null
  readonly state: string | null
  readonly endpoint: string | null
  readonly sync: string
  readonly health: string
}

export interface UnitJson {
  readonly unit: string
  readonly sync: string
  readonly health: string
  readonly reason: string
  readonly deployments: readonly DeploymentJson[]
}

export interface StatusJson {
  readonly observed_revision: string | null
  readonly last_applied_revision: string | null
  readonly units: readonly UnitJson[]
}

export interface HistoryJson {
  readonly entries: readonly {
    readonly model_version: number
    readonly status: string
    readonly live_until: string | null
  }[]
}

export function unitOf(status: StatusJson, model: string): UnitJson | undefined {
  return status.units.find(({ unit }) => unit === `/${model}`)
}

export function deploymentsOf({ units }: StatusJson): DeploymentJson[] {
  return units.flatMap(({ deployments }) => deployments)
}

export function isWell({ sync, health }: UnitJson): boolean {
  return sync === 'Synced' && health === 'Healthy'
}
