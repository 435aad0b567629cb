import type { DeclaredState } from '../declared/declared-state.ts'
import { digestOf } from '../domain/digest.ts'
import { COMPILER, writeCheckpoint, type Checkpoint } from '../recorded/checkpoint.ts'
import type { RecordedState } from '../recorded/recorded-state.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import type { Writer } from '../recorded/write-item.ts'
import { wasRecordedAt } from '../reconcile/unit-status.ts'

/** Writes into the checkpoint that the tables were brought to what a revision declares. */
export async function writeRevision(
  tables: Tables,
  writer: Writer,
  declared: DeclaredState,
  end: Pick<Checkpoint, 'settled' | 'complete' | 'nextDue'>,
): Promise<void> {
  await writeCheckpoint(tables, writer, declared.root, { ...end, ...identityOf(declared), ...contentOf(declared) })
}

/** What a checkpoint must say for there to be nothing to do: docs/spec/recording.md, R6. */
export function identityOf(declared: DeclaredState): Pick<Checkpoint, 'tree' | 'compiler' | 'settingsDigest'> {
  return {
    tree: declared.tree,
    compiler: COMPILER,
    settingsDigest: digestOf((declared.settings?.value ?? {}) as never),
  }
}

/**
 * Whether a run was killed between its last record and its checkpoint: something was recorded at this revision, or was
 * still on its way, and the checkpoint does not say how it ended; or other settings were in force. A revision that changes
 * nothing is not behind (I10).
 */
export function isCheckpointBehind(checkpoint: Item | null, declared: DeclaredState, recorded: RecordedState): boolean {
  const units = [...recorded.units.values()]
  if (checkpoint === null) return units.some(({ catalog }) => catalog !== null)
  if (checkpoint.settled !== true) return true
  // The guards of a revision judge what comes after it (I15): it has to be known that it was there.
  if (checkpoint.settings_digest !== identityOf(declared).settingsDigest) return true
  const same = checkpoint.revision === declared.revision || checkpoint.tree === declared.tree
  return !same && units.some((unit) => wasRecordedAt(unit, declared.revision))
}

function contentOf(declared: DeclaredState): Pick<Checkpoint, 'revision' | 'stages' | 'counts'> {
  const units = [...declared.units.values()]
  const stages = new Set(units.flatMap(({ intents }) => intents.map(({ stage }) => stage)))
  return {
    revision: declared.revision,
    stages: [...stages],
    counts: { units: units.length, documents: declared.documents },
  }
}
