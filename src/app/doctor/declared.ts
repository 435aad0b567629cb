import type { ResolvedSettings } from '../../declared/declared-state.ts'
import { isError } from '../../domain/diagnostics.ts'
import { conciseDiagnostic } from '../../report/one-line.ts'
import type { RevisionRequest } from '../../source/source.ts'
import type { App, DeclaredResult } from '../app.ts'
import { shortText } from '../../domain/short-text.ts'
import { hintOf, ok, problem, skipped, warning, type Check } from './check.ts'

export interface DeclaredChecks {
  readonly checks: readonly Check[]
  /** Null where they could not be read: then nobody knows where the tables are. */
  readonly settings: ResolvedSettings | null
}

/** The repository, and the settings in it. */
export async function checkDeclared(app: App, revision: RevisionRequest, signal: AbortSignal): Promise<DeclaredChecks> {
  let declared: DeclaredResult
  try {
    declared = await app.declared(revision, signal)
  } catch (error) {
    const checks = [
      problem('repository', shortText(error), hintOf(error)),
      skipped('settings', 'nothing could be read'),
    ]
    return { checks, settings: null }
  }
  const { settings } = declared.state
  return { checks: [repositoryCheck(declared), settingsCheck(declared)], settings }
}

function repositoryCheck({ state }: DeclaredResult): Check {
  const errors = state.diagnostics.filter(isError).length
  const seen = `${state.units.size} models at ${state.revision}`
  if (errors === 0) return ok('repository', seen)
  const help = '`steward validate` shows them; models without an error are applied all the same.'
  return warning('repository', `${seen}, ${errors} errors in documents`, help)
}

function settingsCheck({ state }: DeclaredResult): Check {
  const { settings, diagnostics } = state
  if (settings !== null) {
    const { backend, region } = settings.tables
    const where = backend === 'dynamodb' ? `dynamodb in ${region}` : backend
    return ok(
      'settings',
      `tables: ${where}; apply.by: ${settings.applyBy ?? 'not set'}; timezone: ${settings.timezone}`,
    )
  }
  const first = diagnostics.find((each) => isError(each) && each.path.endsWith('/_platform/settings.yaml'))
  const help =
    'Mend _platform/settings.yaml (`steward validate` shows what is wrong), or name a good revision with --rev.'
  return problem('settings', first === undefined ? 'the settings are broken' : conciseDiagnostic(first), help)
}
