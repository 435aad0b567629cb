import type { ModelId } from '../domain/names.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import { code, fenced, sentence } from './markdown.ts'
import { metricLines } from './metric-table.ts'

/** A version that a stage is to follow, by pull request. */
export interface Proposal {
  readonly kind: 'promote' | 'rollback'
  readonly model: ModelId
  readonly stage: string
  readonly version: number
  /** What the documents name now; null where the stage has no deployment yet. */
  readonly from: number | null
  readonly document: ModelVersionDocument
  readonly before: ModelVersionDocument | null
  /** `name <address>`, as Git knows whoever asks. */
  readonly requestedBy: string
  readonly diffs: readonly { readonly path: string; readonly lines: readonly string[] }[]
}

export function proposalTitle({ kind, model, stage, version }: Proposal): string {
  return kind === 'promote' ? `Promote ${model}@${version} to ${stage}` : `Roll ${stage} of ${model} back to ${version}`
}

/** The commit's message: the person who asked stands in a trailer, since the commit is an App's. */
export function proposalMessage(proposal: Proposal): string {
  return `${proposalTitle(proposal)}\n\nRequested-by: ${proposal.requestedBy.replaceAll(/\s+/g, ' ')}\n`
}

/** The body of the pull request, below its hidden line: the change, the metrics, where the version comes from. */
export function proposalBody(proposal: Proposal): string {
  const { kind, model, stage, version, from, document, before, requestedBy, diffs } = proposal
  const numbers = (each: ModelVersionDocument | null) => numeric(each?.metrics ?? {})
  const [old, fresh] = [numbers(before), numbers(document)]
  const hasMetrics = Object.keys({ ...old, ...fresh }).length > 0
  const change = from === null ? `version ${version}, the first there` : `version ${from} → ${version}`
  return [
    `${kind === 'promote' ? 'Promotes' : 'Rolls back'} ${code(model)} in ${code(stage)}: ${change}.`,
    '',
    ...(document.description === undefined ? [] : [`> ${sentence(document.description)}`, '']),
    ...diffs.flatMap(({ path, lines }) => [code(path), '', ...fenced('diff', lines), '']),
    ...(hasMetrics
      ? ['### Metrics', '', ...metricLines({ key: model, from, to: version, before: old, after: fresh }), '']
      : []),
    ...lineageLines(document),
    `Requested-by: ${code(requestedBy)}`,
  ].join('\n')
}

function numeric(metrics: Readonly<Record<string, unknown>>): Record<string, number> {
  const entries = Object.entries(metrics)
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

function lineageLines({ lineage, artifacts }: ModelVersionDocument): string[] {
  const lines = [
    ...(lineage?.code === undefined
      ? []
      : [`- code ${code(lineage.code.repository ?? '')} at ${code(lineage.code.commit ?? '')}`]),
    ...(lineage?.data ?? []).map(
      ({ uri, sha256 }) => `- data ${code(uri)}${sha256 === undefined ? '' : ` ${code(sha256)}`}`,
    ),
    ...(lineage?.run === undefined ? [] : [`- run ${code(lineage.run)}`]),
    ...(artifacts ?? []).map(({ name, sha256 }) => `- artifact ${code(name)} ${code(sha256 ?? 'not pinned')}`),
  ]
  return lines.length === 0 ? [] : ['### Where it comes from', '', ...lines.slice(0, 20), '']
}
