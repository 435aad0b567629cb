import type { CompletionItem } from './language-server.ts'

/** The document after an editor took in a completion and the user accepted every proposed value of it. */
export function completed(text: string, item: CompletionItem): string {
  const { newText = '', range } = item.textEdit ?? {}
  const lines = text.split('\n')
  const line = range?.start.line ?? 0
  const before = lines[line] ?? ''
  // As editors do: the further lines of a snippet stand below the beginning of the line it is put into.
  const indentation = /^ */.exec(before)?.[0] ?? ''
  const { character: from = 0 } = range?.start ?? {}
  const { character: to = before.length } = range?.end ?? {}
  lines[line] = before.slice(0, from) + accepted(newText).replaceAll('\n', `\n${indentation}`) + before.slice(to)
  return lines.join('\n')
}

/** `${1:value}` → value, `${1|one,other|}` → one, `$1` → nothing. */
export function accepted(snippet: string): string {
  return snippet
    .replaceAll(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
    .replaceAll(/\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll(/\$\{?\d+\}?/g, '')
    .replaceAll(/\\([$}\\])/g, '$1')
}
