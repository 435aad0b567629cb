import { marked } from 'marked'

/** A comment as GitHub's readers see it, by a parser of GitHub's Markdown that is not ours. */
export interface Rendered {
  readonly html: string
  /** What is read outside of code, where GitHub looks for names, issues and addresses. */
  readonly prose: string
  /** Names of elements, in order; closing ones with a slash. */
  readonly tags: readonly string[]
}

export function rendered(markdown: string): Rendered {
  const html = marked.parse(markdown, { gfm: true, async: false })
  const bare = html.replaceAll(/<!--[\s\S]*?-->/g, '')
  const tags = [...bare.matchAll(/<(\/?[a-z][a-z0-9]*)\b/g)].map(([, name]) => name ?? '')
  const outside = bare.replaceAll(/<pre>[\s\S]*?<\/pre>|<code[\s\S]*?<\/code>/g, ' ')
  const prose = outside
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
  return { html, prose, tags }
}

/** Elements that may hold others have to be closed in order. */
export function unbalanced(tags: readonly string[]): string | null {
  const open: string[] = []
  for (const tag of tags) {
    if (['br', 'hr', 'img', 'input'].includes(tag)) continue
    if (!tag.startsWith('/')) open.push(tag)
    else if (open.pop() !== tag.slice(1)) return tag
  }
  return open.at(-1) ?? null
}
