/** The commit that a recorded revision (`main@sha1:<oid>`) names; '' for that of a work tree and for anything else. */
export function commitOf(revision: unknown): string {
  return /@sha\d+:([0-9a-f]+)$/.exec(String(revision))?.[1] ?? ''
}
