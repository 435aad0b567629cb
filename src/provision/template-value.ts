import type { TableBase } from '../recorded/table-definitions.ts'

/** What a template's parameters stand for. */
export type ParameterName =
  'prefix' | 'bucket' | 'owner' | 'owner-id' | 'repository' | 'repository-id' | 'oidc-provider-arn'

/** What a text may refer to, written `{name}` in it: a parameter, or the ARN of something that the template makes. */
export type Reference = ParameterName | `table:${TableBase}` | 'bucket-arn' | 'oidc-provider'

/** A value of a template: JSON whose texts may refer to something. */
export type TemplateValue =
  string | number | boolean | readonly TemplateValue[] | { readonly [name: string]: TemplateValue }

export type Piece = { readonly text: string } | { readonly reference: Reference }

/** How one format writes references. */
export interface ReferenceWriter<Written> {
  /** A text that is nothing but one reference. */
  readonly whole: (reference: Reference) => Written
  readonly text: (pieces: readonly Piece[]) => Written
}

/** The texts and references of a text, in order. */
export function piecesOf(text: string): readonly Piece[] {
  return text.split(/(\{[a-z:-]+\})/).flatMap((part): Piece[] => {
    if (part === '') return []
    return part.startsWith('{') ? [{ reference: part.slice(1, -1) as Reference }] : [{ text: part }]
  })
}

/** A text in the way of one format. */
export function writeText<Written>(text: string, writer: ReferenceWriter<Written>): Written {
  const pieces = piecesOf(text)
  const [first] = pieces
  return pieces.length === 1 && first !== undefined && 'reference' in first
    ? writer.whole(first.reference)
    : writer.text(pieces)
}
