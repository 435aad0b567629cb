import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import { editYaml, type Edit, type EditResult } from './edit-yaml.ts'
import { openText } from './open-text.ts'

/** The edits that Model Steward itself makes in a user's documents: text in, text out; see `editYaml`. */

/** A Deployment names another version; the same one changes nothing. */
export function promoteText(text: string, version: number): EditResult {
  return editYaml(text, [{ kind: 'set', path: ['model_version'], value: version }])
}

/** A Deployment stops following its version: the reason, and until when (a date or a time); replaces a hold. */
export function holdText(text: string, hold: { readonly reason: string; readonly until?: string }): EditResult {
  return putText(text, 'hold', withoutUndefined({ reason: hold.reason, until: hold.until }))
}

/** A Deployment follows its version again; without a hold nothing changes. */
export function resumeText(text: string): EditResult {
  const opened = openedText(text)
  if ('problem' in opened) return opened
  return editYaml(text, hasField(opened.value, 'hold') ? [{ kind: 'delete', path: ['hold'] }] : [])
}

/** A ModelVersion is not to be used any more; `replacedBy` is the number of a version. */
export function deprecateText(
  text: string,
  deprecated: { readonly reason: string; readonly replacedBy?: number },
): EditResult {
  const value = withoutUndefined({ reason: deprecated.reason, replaced_by: deprecated.replacedBy })
  return putText(text, 'deprecated', value)
}

/** Fills in what an artifact of a ModelVersion is: the bare hexadecimal digest and the size in bytes. */
export function pinText(
  text: string,
  index: number,
  { sha256, size }: { readonly sha256: string; readonly size: number },
): EditResult {
  const opened = openedText(text)
  if ('problem' in opened) return opened
  const artifact = itemOf(opened.value, index)
  if (!isJsonObject(artifact)) {
    return { problem: { message: `the document has no artifact ${index}`, line: 1, column: 1 } }
  }
  const put = (name: string, value: string | number, after: string): Edit => {
    const path = ['artifacts', index, name]
    return hasField(artifact, name) ? { kind: 'set', path, value } : { kind: 'insert', path, value, after }
  }
  return editYaml(text, [put('sha256', sha256, 'uri'), put('size', size, 'sha256')])
}

function openedText(text: string): ReturnType<typeof openText> {
  return openText(text.replace(/^\uFEFF/, ''))
}

/** A field that is one line, at the end of the document or in the place of its old value. */
function putText(text: string, field: string, value: JsonObject): EditResult {
  return editYaml(text, [{ kind: 'set', path: [field], value, style: 'flow' }])
}

function withoutUndefined(value: Readonly<Record<string, string | number | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(value).flatMap(([key, held]) => (held === undefined ? [] : [[key, held]])))
}

function hasField(value: unknown, field: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, field)
}

function itemOf(document: unknown, index: number): unknown {
  const artifacts = isJsonObject(document) ? document['artifacts'] : undefined
  return Array.isArray(artifacts) ? artifacts[index] : undefined
}
