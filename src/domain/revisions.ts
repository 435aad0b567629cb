/** The commit of a revision as it is recorded, `main@sha1:…`; '' where there is none, as of a work tree. */
export function commitOf(revision: unknown): string {
  const text = String(revision)
  return text.startsWith('worktree@sha256:') ? '' : (/@sha\d+:([0-9a-f]+)$/.exec(text)?.[1] ?? '')
}
