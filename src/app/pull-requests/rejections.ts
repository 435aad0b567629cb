import { errorMessage } from '../../domain/errors.ts'
import type { DeclaredState } from '../../declared/declared-state.ts'
import { parseModelReference } from '../../domain/names.ts'
import type { PullRequest } from '../../github/pull-requests.ts'
import { acquireLease } from '../../recorded/lease.ts'
import type { Tables } from '../../recorded/tables.ts'
import { governanceKey, isRecorded, recordRejection, type Rejection } from '../../reconcile/record-rejection.ts'
import type { App } from '../app.ts'
import { leaseOptions } from '../apply.ts'
import { reconcilePorts } from '../reconcile-ports.ts'
import { branchOf, markOf } from './propose.ts'

/** What the closed pull requests turn down: proposals of ours on branches of the repository itself. */
export function rejectionsOf(closed: readonly PullRequest[]): readonly Rejection[] {
  return closed.flatMap((pull) => {
    if (pull.merged || !pull.own || pull.closedAt === null) return []
    const mark = markOf(pull.body)
    const reference = parseModelReference(typeof mark?.model === 'string' ? mark.model : '')
    const [stage, version] = [mark?.stage, mark?.version]
    if (reference === null || typeof stage !== 'string' || !Number.isInteger(version)) return []
    const { model } = reference
    if (pull.headBranch !== branchOf(model, stage)) return []
    return [{ model, stage, version: Number(version), evidence: pull.url, at: pull.closedAt }]
  })
}

/** Those that the tables do not tell yet. */
export async function unrecorded(
  tables: Tables,
  rejections: readonly Rejection[],
  signal: AbortSignal,
): Promise<readonly Rejection[]> {
  const items = await Promise.all(
    rejections.map((rejection) => tables.get('model-stage-governance', governanceKey(rejection), signal)),
  )
  return rejections.filter((rejection, at) => !isRecorded(items[at] ?? null, rejection))
}

/** Records what people have turned down. Where another controller holds the lease the next run does it. */
export async function recordRejections(
  app: App,
  work: {
    readonly tables: Tables
    readonly declared: DeclaredState
    readonly closed: readonly PullRequest[]
    readonly signal: AbortSignal
    readonly log: (text: string) => void
  },
): Promise<void> {
  const { tables, declared, closed, signal, log } = work
  const left = await unrecorded(tables, rejectionsOf(closed), signal)
  if (left.length === 0) return
  const outcome = await acquireLease(leaseOptions(app, tables, null), { wait: false, signal })
  if (outcome.kind !== 'acquired') return log(`${outcome.by.holder} holds the lease: rejections are recorded later`)
  const { lease } = outcome
  lease.start()
  try {
    const ports = await reconcilePorts(app, tables, declared, lease)
    const intent = { declared, planDigest: null, allowDeletes: false }
    for (const rejection of left) {
      await recordRejection(ports, intent, rejection)
      log(`${rejection.model}@${rejection.version} was rejected for ${rejection.stage}: ${rejection.evidence}`)
    }
  } catch (error) {
    log(`rejections could not be recorded: ${errorMessage(error)}`)
  } finally {
    await lease.release()
  }
}
