import { canonicalJson } from '../domain/digest.ts'
import type { JsonObject } from '../domain/json.ts'
import { omit } from '../domain/objects.ts'
import type { LeaseHolder } from './lease.ts'
import type { Item, Tables } from './tables.ts'
import { writeItem, type Writer } from './write-item.ts'

/** Raised when the same documents would compile to something else. */
export const COMPILER = 1

export interface Checkpoint {
  /** Object id of the root folder's tree. */
  readonly tree: string
  readonly revision: string
  readonly compiler: number
  readonly settingsDigest: string
  /** Nothing was on its way when it was written. */
  readonly settled: boolean
  /** Nothing of the revision was blocked or failed: it is the last one that is applied as a whole. */
  readonly complete: boolean
  /** ISO 8601: when everything is to be compared again, whatever the tree. */
  readonly nextDue: string | null
  /** The stages of its deployments; those of earlier revisions are kept, since their history is asked for. */
  readonly stages: readonly string[]
  readonly counts: JsonObject
}

export async function readCheckpoint(tables: Tables, root: string, signal?: AbortSignal): Promise<Item | null> {
  return tables.get('steward-control', { pk: 'checkpoint', sk: root }, signal)
}

/** Every stage that has, or had, a deployment when a checkpoint was written. */
export function stagesOf(checkpoint: Item | null): string[] {
  return Array.isArray(checkpoint?.stages) ? checkpoint.stages.map(String) : []
}

/** Whether a checkpoint says that this content was brought to the tables under this epoch, and had settled. */
export function holdsFor(
  checkpoint: Item | null,
  { tree, compiler, settingsDigest }: Pick<Checkpoint, 'tree' | 'compiler' | 'settingsDigest'>,
  epoch: number,
): boolean {
  if (checkpoint === null || checkpoint.settled !== true || Number(checkpoint.fence) !== epoch) return false
  const found = [checkpoint.tree, checkpoint.compiler, checkpoint.settings_digest]
  return canonicalJson(found as never) === canonicalJson([tree, compiler, settingsDigest])
}

const incidental = new Set(['revision', 'last_applied_revision', 'next_due', 'rev', 'fence'])

/** Written last, and only if it says something new (I10): the names of revisions and `next_due` alone are nothing new. */
export async function writeCheckpoint(
  tables: Tables,
  writer: Writer,
  root: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const before = await readCheckpoint(tables, root, writer.check())
  const complete = checkpoint.settled && checkpoint.complete
  const after: Item = {
    pk: 'checkpoint',
    sk: root,
    tree: checkpoint.tree,
    revision: checkpoint.revision,
    compiler: checkpoint.compiler,
    settings_digest: checkpoint.settingsDigest,
    settled: checkpoint.settled,
    complete,
    last_applied_revision: complete ? checkpoint.revision : (before?.last_applied_revision ?? null),
    next_due: checkpoint.nextDue,
    stages: [...new Set([...stagesOf(before), ...checkpoint.stages])].sort(),
    counts: checkpoint.counts,
  }
  const bare = (item: Item): string => canonicalJson(omit(item, incidental))
  if (before !== null && Number(before.fence) === writer.epoch && bare(before) === bare(after)) return
  await writeItem(tables, writer, { table: 'steward-control', before, after })
}

/**
 * A new holder of the lease writes its epoch into the checkpoint: what a paused predecessor sends then fails (I2). It is
 * about to bring something else, perhaps: until it has written its own, nobody may take the old one for what will be.
 * One that gave the lease back has sent everything before; its checkpoint bears an epoch that is over.
 */
export async function fenceCheckpoint(
  tables: Tables,
  lease: Writer & { readonly previous: LeaseHolder | null },
  root: string,
): Promise<void> {
  if (lease.previous?.released === true) return
  const before = await readCheckpoint(tables, root, lease.check())
  if (before === null || Number(before.fence) === lease.epoch) return
  await writeItem(tables, lease, { table: 'steward-control', before, after: { ...before, settled: false } })
}
