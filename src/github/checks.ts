import type { Diagnostic } from '../domain/diagnostics.ts'
import { plain } from '../report/diagnostics.ts'
import type { Connection } from './connection.ts'
import { isRefused } from './connection.ts'

export interface CheckResult {
  readonly name: string
  /** The commit that it stands at. */
  readonly sha: string
  readonly conclusion: 'success' | 'failure' | 'neutral'
  /** One line. */
  readonly title: string
  /** Markdown of ours. */
  readonly summary: string
  readonly diagnostics: readonly Diagnostic[]
  readonly detailsUrl: string | null
}

/** GitHub takes so many with one request (REST API, "Create a check run"). */
const BATCH = 50
const MAX_ANNOTATIONS = 500
/** The most characters of a check's summary, and of a status's text. */
const SUMMARY = 60_000
const STATUS = 140

/**
 * Tells a result at a commit: as a check with annotations at the lines, which an App's token may write; with any other
 * token as a commit status of one line. Says which; null where the token may do neither.
 */
export async function reportCheck(connection: Connection, check: CheckResult): Promise<'check' | 'status' | null> {
  try {
    await createCheck(connection, check)
    return 'check'
  } catch (error) {
    if (!isRefused(error)) throw error
  }
  try {
    await createStatus(connection, check)
    return 'status'
  } catch (error) {
    if (!isRefused(error)) throw error
    return null
  }
}

async function createCheck(connection: Connection, check: CheckResult): Promise<void> {
  const { name, sha, conclusion, title, diagnostics, detailsUrl } = check
  const summary = check.summary.slice(0, SUMMARY)
  const annotations = diagnostics.slice(0, MAX_ANNOTATIONS).map(annotationOf)
  const [first = [], ...rest] = batches(annotations)
  const output = (batch: typeof annotations) => ({ title, summary, ...(batch.length > 0 && { annotations: batch }) })
  const { data } = await connection.call(`the check ${name}`, ({ checks }, place) =>
    checks.create({
      ...{ ...place, name, head_sha: sha, status: 'completed', conclusion, output: output(first) },
      ...(detailsUrl !== null && { details_url: detailsUrl }),
    }),
  )
  for (const batch of rest) {
    await connection.call(`the check ${name}`, ({ checks }, place) =>
      checks.update({ ...place, check_run_id: data.id, output: output(batch) }),
    )
  }
}

function batches<Value>(values: readonly Value[]): Value[][] {
  const count = Math.ceil(values.length / BATCH)
  return Array.from({ length: count }, (_, at) => values.slice(at * BATCH, (at + 1) * BATCH))
}

function annotationOf({ code, severity, summary, detail, help, path, range }: Diagnostic) {
  const { start, end } = range
  const columns = start.line === end.line ? { start_column: start.column, end_column: end.column } : {}
  return {
    ...{ path, start_line: start.line, end_line: end.line, ...columns, title: code },
    annotation_level: severity === 'error' ? ('failure' as const) : ('warning' as const),
    message: plain([summary, detail, help].filter((part) => part !== undefined).join('\n')),
  }
}

async function createStatus(connection: Connection, check: CheckResult): Promise<void> {
  const { name, sha, conclusion, title, detailsUrl } = check
  const description = title.length > STATUS ? `${title.slice(0, STATUS - 1)}…` : title
  await connection.call(`the status ${name}`, ({ repos }, place) =>
    repos.createCommitStatus({
      ...{ ...place, sha, context: name, description, state: conclusion === 'failure' ? 'failure' : 'success' },
      ...(detailsUrl !== null && { target_url: detailsUrl }),
    }),
  )
}
