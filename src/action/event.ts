import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts'
import { StewardError } from '../domain/errors.ts'

/** What a workflow was started by, as far as it matters here. */
export type ActionEvent =
  | {
      readonly kind: 'pull_request'
      readonly number: number
      readonly head: string
      readonly base: string
      readonly baseBranch: string
      /** From another repository: no secret, no token that may write. */
      readonly fork: boolean
      readonly closed: boolean
    }
  | { readonly kind: 'merge_group'; readonly base: string }
  | { readonly kind: 'push'; readonly before: string | null }
  /** `schedule`, `workflow_dispatch`, and whatever else stands on a branch. */
  | { readonly kind: 'other'; readonly name: string }

/**
 * Reads an event (docs.github.com, "Events that trigger workflows", "Webhook events and payloads"). Throws for those
 * that run what a pull request brings with the rights of the base: `pull_request_target` and the like.
 */
export function readEvent(name: string, payload: unknown): ActionEvent {
  const event = isJsonObject(payload) ? payload : {}
  if (name === 'pull_request') return pullRequestOf(event)
  if (name === 'merge_group') return { kind: 'merge_group', base: text(at(event, 'merge_group', 'base_sha')) }
  if (name === 'push') {
    const before = text(event.before)
    return { kind: 'push', before: /^0*$/.test(before) ? null : before }
  }
  if (name === 'pull_request_target' || name === 'workflow_run' || name === 'issue_comment') {
    throw new StewardError(
      `the event ${name} is refused: it has the secrets of the base and may bring others’ content`,
      {
        code: 'event_refused',
        kind: 'user',
        hint: 'Use `pull_request`: forks get the full result by annotations, summary and exit code. See docs/github.md.',
      },
    )
  }
  return { kind: 'other', name }
}

function pullRequestOf(event: JsonObject): ActionEvent {
  const side = (which: string, field: string): string => text(at(event, 'pull_request', which, field))
  const from = text(at(event, 'pull_request', 'head', 'repo', 'full_name'))
  const into = text(at(event, 'pull_request', 'base', 'repo', 'full_name'))
  const number = Number(event.number ?? at(event, 'pull_request', 'number'))
  const [head, base, baseBranch] = [side('head', 'sha'), side('base', 'sha'), side('base', 'ref')]
  if (!Number.isInteger(number) || head === '' || base === '') {
    throw new StewardError('the event names no pull request', { code: 'event_refused', kind: 'user' })
  }
  // A fork that was deleted since has no repository.
  return {
    kind: 'pull_request',
    number,
    head,
    base,
    baseBranch,
    fork: from !== into,
    closed: event.action === 'closed',
  }
}

function at(value: Json, ...names: readonly string[]): Json | undefined {
  let held: Json | undefined = value
  for (const name of names) held = isJsonObject(held) ? held[name] : undefined
  return held
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
