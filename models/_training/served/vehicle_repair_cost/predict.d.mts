export declare const VEHICLE_CLASSES: readonly ['small', 'compact', 'family', 'suv', 'van']
export declare const WORKSHOPS: readonly ['independent', 'authorised']

export interface Damage {
  readonly vehicle_class: (typeof VEHICLE_CLASSES)[number]
  readonly vehicle_age_years: number
  readonly mileage_km: number
  readonly impact_speed_kmh: number
  /** How many of the eight zones of the body are damaged. */
  readonly damaged_zones: number
  readonly airbag_deployed: boolean
  readonly workshop: (typeof WORKSHOPS)[number]
}

export declare function columnsOf(damage: Damage): number[]

export interface CostModel {
  readonly about: { readonly model: string; readonly version: number }
  /** What is wrong with an instance; null if its cost can be estimated. */
  problemOf(instance: unknown): string | null
  predict(instance: Damage): { readonly repair_cost: number; readonly currency: 'EUR' }
}

export declare function load(readText: (path: string) => string): CostModel
