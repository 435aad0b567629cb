import type { DeclaredState, DeclaredUnit } from '../../declared/declared-state.ts'
import { promoteText } from '../../declared/edits/document-edits.ts'
import { StewardError } from '../../domain/errors.ts'
import type { JsonObject } from '../../domain/json.ts'
import { same } from '../../domain/objects.ts'
import type { ModelId } from '../../domain/names.ts'
import { commitOf } from '../../domain/revisions.ts'
import { sha256Hex } from '../../domain/digest.ts'
import { defaultBranch, putChangeRequest } from '../../github/change-request.ts'
import type { Connection } from '../../github/connection.ts'
import { hiddenLine, readHiddenLine } from '../../github/hidden-line.ts'
import { pullsFrom, type PullRequest } from '../../github/pull-requests.ts'
import { proposalBody, proposalMessage, proposalTitle, type Proposal } from '../../report/proposal.ts'
import { findEntry } from '../../source/folders.ts'
import type { SourceSnapshot } from '../../source/source.ts'
import type { App } from '../app.ts'
import { declaredUnit, noDeployment, requireVersion, stageIntents } from '../edit-documents.ts'
import { deploymentFile } from '../new-document.ts'
import { rollbackTarget } from '../rollback-target.ts'
import { gitIdentity } from '../scaffold.ts'

export interface ProposalRequest {
  readonly model: ModelId
  readonly stage: string
  /** Null: what served before, for a rollback. */
  readonly version: number | null
  /** Propose again what was rejected. */
  readonly again: boolean
  readonly signal: AbortSignal
}

export interface ProposedPull {
  readonly number: number
  readonly url: string
  readonly branch: string
  readonly version: number
  readonly outcome: 'opened' | 'updated' | 'unchanged' | 'nothing'
}

interface ChangedFile {
  readonly path: string
  readonly text: string
  readonly diff: readonly string[]
}

/**
 * Opens the one pull request of a stage of a model, or brings the open one to this version: one commit, made on the tip
 * of the default branch, that changes the wanted line alone. What a person has closed unmerged is rejected, and not
 * proposed again unless that is asked for.
 */
export async function propose(app: App, connection: Connection, request: ProposalRequest): Promise<ProposedPull> {
  const { model, stage, again, signal } = request
  const target = await defaultBranch(connection)
  await requireCommit(app, target.commit)
  const { state } = await app.declared({ kind: 'git', revision: target.commit }, signal)
  const unit = declaredUnit(state, model)
  const version = request.version ?? (await targetOf(app, state, unit, request))
  const document = requireVersion(state, unit, version).value
  const files = await filesOf(app, state, unit, { ...request, version })
  const branch = branchOf(model, stage)
  if (files.length === 0) return { number: 0, url: '', branch, version, outcome: 'nothing' }
  const known = await pullsFrom(connection, branch)
  const open = known.find((pull) => pull.state === 'open') ?? null
  const marks = Object.fromEntries(files.map(({ path, text }) => [path, sha256Hex(text)]))
  if (open !== null) {
    const already = proposesAlready(open, { version, marks })
    if (already) return { number: open.number, url: open.url, branch, version, outcome: 'unchanged' }
  } else if (!again) requireNotRejected(known, version)
  const [intent] = stageIntents(state, unit, stage)
  const from = intent?.modelVersion ?? null
  const proposal: Proposal = {
    ...{ kind: request.version === null ? 'rollback' : 'promote', model, stage, version, from, document },
    before: from === null ? null : (unit.versions.get(from)?.value ?? null),
    requestedBy: await gitIdentity((await app.repository()).top),
    diffs: files.map(({ path, diff }) => ({ path, lines: diff })),
  }
  const put = await putChangeRequest(
    connection,
    {
      branch,
      baseBranch: target.name,
      base: target.commit,
      baseTree: await (await app.repository()).history.treeOf(target.commit),
      files,
      message: proposalMessage(proposal),
      title: proposalTitle(proposal),
      body: (commit) =>
        `${hiddenLine('proposal', { v: 1, model, stage, version, commit, files: marks })}\n${proposalBody(proposal)}`,
    },
    open,
  )
  return { number: put.number, url: put.url, branch, version, outcome: open === null ? 'opened' : 'updated' }
}

/** One branch for each stage of a model, whatever is proposed; a dot parts what a name can not hold. */
export function branchOf(model: ModelId, stage: string): string {
  return `steward/${model.slice(1).replaceAll('/', '.')}/${stage}`
}

/** What a proposal's pull request says of itself; null for any other. */
export function markOf(body: string): JsonObject | null {
  return readHiddenLine('proposal', body)
}

/** Whether the open pull request proposes this already. Throws where others have put commits on its branch. */
function proposesAlready(
  open: PullRequest,
  { version, marks }: { readonly version: number; readonly marks: JsonObject },
): boolean {
  const mark = markOf(open.body)
  if (mark === null || mark.commit !== open.head) {
    throw new StewardError(`pull request #${open.number} has commits or a text that are not Steward’s`, {
      code: 'proposal_changed',
      kind: 'user',
      hint: `Merge or close ${open.url} first: bringing it to another version would undo what was done there.`,
    })
  }
  return mark.version === version && same(mark.files, marks)
}

/** The newest pull request of the branch decides: closed without a merge, it said no to its version. */
function requireNotRejected([newest]: readonly PullRequest[], version: number): void {
  if (newest === undefined || newest.merged || newest.state === 'open') return
  if (markOf(newest.body)?.version !== version) return
  throw new StewardError(`version ${version} was rejected: #${newest.number} was closed without a merge`, {
    code: 'proposal_rejected',
    kind: 'user',
    hint: `Look at ${newest.url}; --again proposes it all the same.`,
  })
}

async function requireCommit(app: App, commit: string): Promise<void> {
  const { source, history } = await app.repository()
  if ((await source.resolve(commit)) !== null || (await history.fetch(commit))) return
  throw new StewardError(`the newest commit of the default branch, ${commit.slice(0, 12)}, is not here`, {
    code: 'revision_unknown',
    kind: 'user',
    hint: 'Run `git fetch origin` first.',
  })
}

async function targetOf(app: App, state: DeclaredState, unit: DeclaredUnit, request: ProposalRequest): Promise<number> {
  const { model, stage, signal } = request
  const intents = stageIntents(state, unit, stage)
  if (intents.length === 0) throw noDeployment(unit, stage)
  if (state.settings === null) {
    const hint = 'Mend _platform/settings.yaml on the default branch first.'
    throw new StewardError('the settings are broken', { code: 'settings_broken', kind: 'user', hint })
  }
  const tables = await app.tables(state.settings)
  const targets = new Set<number>()
  for (const { name, modelVersion } of intents) {
    targets.add(await rollbackTarget(tables, { model, name, declared: modelVersion, signal }))
  }
  const [version] = targets
  if (version !== undefined && targets.size === 1) return version
  throw new StewardError(`the deployments of stage ${stage} go back to different versions`, {
    code: 'rollback_impossible',
    kind: 'user',
    hint: 'Promote each of them by hand.',
  })
}

/** The files that change, edited byte for byte; a stage without a deployment gets one. */
async function filesOf(
  app: App,
  state: DeclaredState,
  unit: DeclaredUnit,
  request: { readonly model: ModelId; readonly stage: string; readonly version: number; readonly signal: AbortSignal },
): Promise<readonly ChangedFile[]> {
  const { model, stage, version, signal } = request
  const intents = stageIntents(state, unit, stage)
  if (intents.length === 0) {
    const { path, text } = await deploymentFile(app, state, { model, stage, version, runtime: null })
    return [
      {
        path,
        text,
        diff: text
          .trimEnd()
          .split('\n')
          .map((line) => `+ ${line}`),
      },
    ]
  }
  const { source } = await app.repository()
  const revision = commitOf(state.revision)
  const snapshot = await source.open({ kind: 'git', revision }, signal)
  const found: ChangedFile[] = []
  for (const { path } of intents) {
    const before = await textOf(snapshot, path)
    const result = promoteText(before, version)
    if ('problem' in result) {
      const { message, line, column } = result.problem
      throw new StewardError(`${path}:${line}:${column} can not be edited: ${message}`, {
        code: 'edit_refused',
        kind: 'user',
        hint: 'Edit it by hand, in a pull request of your own.',
      })
    }
    if (result.text !== before) found.push({ path, text: result.text, diff: lineDiff(before, result.text) })
  }
  return found
}

async function textOf(snapshot: SourceSnapshot, path: string): Promise<string> {
  const entry = findEntry(snapshot.folder, path)
  let text = ''
  await snapshot.read(entry === null ? [] : [entry], (_entry, bytes) => {
    text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  })
  return text
}

/** The lines that differ between two texts of which one is the other with a few lines edited. */
function lineDiff(before: string, after: string): string[] {
  const [old, fresh] = [before.split(/\r?\n/), after.split(/\r?\n/)]
  let start = 0
  while (start < old.length && old[start] === fresh[start]) start += 1
  let end = 0
  while (end < Math.min(old.length, fresh.length) - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1
  return [
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...fresh.slice(start, fresh.length - end).map((line) => `+ ${line}`),
  ]
}
