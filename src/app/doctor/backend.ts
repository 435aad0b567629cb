import type { ResolvedSettings } from '../../declared/declared-state.ts'
import type { TablesPlace } from '../app.ts'
import { ok, warning, type Check } from './check.ts'

const NAME = 'backend'

/** Whether where the tables are fits to who applies. */
export function backendCheck({ embedded, endpoint, region }: TablesPlace, settings: ResolvedSettings | null): Check {
  if (!embedded) return ok(NAME, endpoint === null ? `dynamodb in ${region}` : 'an endpoint of the environment')
  const by = settings?.applyBy ?? null
  if (by !== 'daemon' && by !== 'action') {
    return ok(NAME, 'embedded: good for one machine, a trial and tests; a team wants `tables.backend: dynamodb`')
  }
  const seen = `embedded tables are on one machine, but apply.by says that ${by === 'daemon' ? 'a daemon' : 'the Action'} applies`
  const help = 'Set `tables.backend: dynamodb`, unless that runs on this machine with this state folder.'
  return warning(NAME, seen, by === 'daemon' ? help : 'Set `tables.backend: dynamodb`: the Action keeps no state.')
}
