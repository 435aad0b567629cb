/** A model of the example catalog, and a request that it can answer. */
export interface ExampleModel {
  /** `namespace/…/name`. */
  readonly name: string
  /** Its deployment to prod, below the repository's root. */
  readonly prod: string
  readonly body: unknown
  /** The field of an answer that holds the prediction. */
  readonly field: string
}

export const classifier: ExampleModel = {
  name: 'abc_corp/claim/doc_classification',
  prod: 'models/abc_corp/claim/doc_classification/deployments/prod.yaml',
  // Version 2 takes it for an estimate: the prediction itself tells which version gave it.
  body: { text: 'Invoice for the repair of the car' },
  field: 'label',
}

export const estimator: ExampleModel = {
  name: 'abc_corp/pricing/vehicle_repair_cost',
  prod: 'models/abc_corp/pricing/vehicle_repair_cost/deployments/prod.yaml',
  body: {
    vehicle_class: 'compact',
    vehicle_age_years: 4,
    mileage_km: 60_000,
    impact_speed_kmh: 35,
    damaged_zones: 2,
    airbag_deployed: false,
    workshop: 'authorised',
  },
  field: 'repair_cost',
}
