// The regression that is packed with every version of vehicle_repair_cost. Training uses the same `columnsOf`.

export const VEHICLE_CLASSES = ['small', 'compact', 'family', 'suv', 'van']
export const WORKSHOPS = ['independent', 'authorised']
const RANGES = {
  vehicle_age_years: [0, 60],
  mileage_km: [0, 2_000_000],
  impact_speed_kmh: [0, 300],
  damaged_zones: [1, 8],
}

/** The numbers that the model computes with, in the order of its weights. */
export function columnsOf(instance) {
  return [
    instance.vehicle_age_years,
    instance.mileage_km / 1000,
    instance.impact_speed_kmh,
    instance.damaged_zones,
    instance.airbag_deployed ? 1 : 0,
    WORKSHOPS.indexOf(instance.workshop),
    ...VEHICLE_CLASSES.map((name) => (instance.vehicle_class === name ? 1 : 0)),
  ]
}

function problemOf(instance) {
  if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) return 'expected an object'
  if (!VEHICLE_CLASSES.includes(instance.vehicle_class)) {
    return `vehicle_class must be one of ${VEHICLE_CLASSES.join(', ')}`
  }
  if (!WORKSHOPS.includes(instance.workshop)) return `workshop must be one of ${WORKSHOPS.join(', ')}`
  if (typeof instance.airbag_deployed !== 'boolean') return 'airbag_deployed must be true or false'
  for (const [name, [low, high]] of Object.entries(RANGES)) {
    const value = instance[name]
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      return `${name} must be a number from ${low} to ${high}`
    }
  }
  return Number.isInteger(instance.damaged_zones) ? null : 'damaged_zones must be a whole number'
}

/** An inner node is [column, threshold, branch if below, branch otherwise]; a leaf is its value. */
function valueIn(tree, columns) {
  let node = tree
  while (Array.isArray(node)) node = columns[node[0]] < node[1] ? node[2] : node[3]
  return node
}

const ESTIMATES = {
  linear: ({ intercept, weights }, columns) =>
    weights.reduce((sum, weight, index) => sum + weight * columns[index], intercept),
  boosted_trees: ({ base, trees }, columns) => trees.reduce((sum, tree) => sum + valueIn(tree, columns), base),
}

/** `readText` gives the text of a file of the unpacked archives, by its path. */
export function load(readText) {
  const model = JSON.parse(readText('model.json'))
  const estimate = ESTIMATES[model.method]
  if (estimate === undefined) throw new Error(`model.json has the unknown method ${model.method}`)
  return {
    about: { model: model.model, version: model.version },
    problemOf,
    predict(instance) {
      const cost = Math.max(model.lowest, estimate(model, columnsOf(instance)))
      return { repair_cost: Math.round(cost * 100) / 100, currency: 'EUR' }
    },
  }
}
