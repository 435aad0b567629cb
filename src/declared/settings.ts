import { parseDuration } from '../domain/durations.ts'
import type { SettingsDocument } from '../domain/generated/settings.ts'
import type { ResolvedSettings } from './declared-state.ts'

const FIVE_MINUTES = 300_000

/** Settings with every default of schemas/settings.schema.json filled in; `{}` where no settings are written. */
export function resolveSettings(value: SettingsDocument): ResolvedSettings {
  const { tables = {}, guards = {}, drift = {} } = value
  return {
    tables: {
      backend: tables.backend ?? 'embedded',
      region: tables.region ?? 'us-east-1',
      prefix: tables.prefix ?? '',
    },
    artifactsUri: value.artifacts?.uri ?? null,
    applyBy: value.apply?.by ?? null,
    onChangedPlan: value.apply?.on_changed_plan ?? 'stop_protected',
    guards: {
      maxDeletes: guards.max_deletes ?? 5,
      maxDeletePercent: guards.max_delete_percent ?? 20,
      protectedStages: guards.protected_stages ?? ['prod'],
      allowDeletes: guards.allow_deletes ?? [],
    },
    drift: {
      mode: drift.mode ?? 'correct',
      everyMs: parseDuration(drift.every ?? '5m') ?? FIVE_MINUTES,
      ignore: drift.ignore ?? [],
    },
    timezone: value.timezone ?? 'UTC',
    value,
  }
}
