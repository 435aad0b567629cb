import { bellShaped, oneOf, randomFrom, type Random } from '../random.ts'
import { VEHICLE_CLASSES, WORKSHOPS, type Damage } from '../served/vehicle_repair_cost/predict.mjs'

export interface PricedDamage extends Damage {
  /** In euro. */
  readonly repair_cost: number
}

const BODY_WORK: Readonly<Record<Damage['vehicle_class'], number>> = {
  small: 300,
  compact: 360,
  family: 450,
  suv: 560,
  van: 510,
}
const LOWEST_COST = 150

/** SYNTHETIC damages and their costs, drawn by a seeded generator; no vehicle, workshop or price is real. */
export function pricedDamages(seed: number, count: number): readonly PricedDamage[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => {
    const damage = drawnDamage(random)
    const noise = 1 + 0.12 * bellShaped(random)
    return { ...damage, repair_cost: Math.round(Math.max(LOWEST_COST, costOf(damage) * noise)) }
  })
}

function drawnDamage(random: Random): Damage {
  const speed = Math.round(Math.max(3, 38 + 20 * bellShaped(random)))
  const age = Math.floor(random() * random() * 22)
  return {
    vehicle_class: oneOf(random, VEHICLE_CLASSES),
    vehicle_age_years: age,
    mileage_km: Math.round((age + random()) * (8 + 10 * random())) * 1000,
    impact_speed_kmh: speed,
    damaged_zones: Math.min(8, 1 + Math.floor(random() * (1 + speed / 14))),
    airbag_deployed: speed > 30 && random() < speed / 120,
    workshop: oneOf(random, WORKSHOPS),
  }
}

/** What a linear model cannot follow: speed counts squared, old vehicles get used parts, classes multiply. */
function costOf(damage: Damage): number {
  const body = BODY_WORK[damage.vehicle_class] * damage.damaged_zones
  const frame = damage.impact_speed_kmh ** 2 * (damage.damaged_zones > 3 ? 0.9 : 0.3)
  const airbags = damage.airbag_deployed ? 5 * BODY_WORK[damage.vehicle_class] : 0
  const workshop = damage.workshop === 'authorised' ? 1.3 : 1
  const usedParts = damage.vehicle_age_years > 9 ? 0.62 : 1 - 0.012 * damage.vehicle_age_years
  return (180 + body + frame + airbags) * workshop * usedParts
}
