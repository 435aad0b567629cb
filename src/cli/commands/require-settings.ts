import type { DeclaredResult } from '../../app/app.ts'
import { StewardError } from '../../domain/errors.ts'

/** Without settings nobody knows where the tables are. */
export function requireSettings({ state }: DeclaredResult): void {
  if (state.settings !== null) return
  throw new StewardError('the settings are broken, so it is not known where the tables are', {
    code: 'settings_broken',
    kind: 'user',
    hint: 'Mend _platform/settings.yaml (`steward validate` shows what is wrong), or name a good revision with --rev.',
  })
}
