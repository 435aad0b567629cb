import type { Severity } from './diagnostics.ts'

interface CodeEntry {
  readonly severity: Severity
  readonly summary: string
  readonly help: string
}

const entry = (severity: Severity, summary: string, help: string): CodeEntry => ({ severity, summary, help })

/**
 * Every code that a diagnostic can carry. A code never changes its meaning and is never used again.
 * ST10xx: files and YAML; ST11xx: a document against its schema; ST12xx: rules across documents;
 * ST13xx: artifacts; ST14xx: recorded state and guards; ST15xx: runtimes.
 */
export const diagnosticCodes = {
  ST1001: entry('error', 'The file is not valid YAML', 'Correct the syntax at the marked place.'),
  ST1002: entry('error', 'A key stands twice in one mapping', 'Keep one of the two.'),
  ST1003: entry('error', 'The file holds more than one document', 'Put each document into a file of its own.'),
  ST1004: entry('error', 'The file is empty', 'Write the document, or delete the file.'),
  ST1005: entry('error', 'The file is not UTF-8', 'Save it as UTF-8.'),
  ST1006: entry('error', 'A limit on size, depth, aliases or nodes is passed', 'Make the document smaller.'),
  ST1007: entry(
    'error',
    'A number that JSON can not carry exactly',
    'Quote it if it is text, or use a smaller number.',
  ),
  ST1008: entry('error', 'A link or submodule where a document is expected', 'Commit the file itself.'),
  ST1009: entry('error', 'A YAML file in a place that no kind has', 'Move it to the place of its kind, or rename it.'),
  ST1010: entry('error', 'A file that ends in .yml', 'Rename it to .yaml.'),
  ST1011: entry('error', 'A name outside [a-z0-9][a-z0-9_-]*', 'Rename it.'),
  ST1012: entry('error', 'Paths that differ only by case', 'Rename one of them.'),
  ST1013: entry('error', 'A folder with versions or deployments but without model.yaml', 'Add the model.yaml.'),
  ST1014: entry('error', 'A model folder inside another', 'Move it out.'),
  ST1015: entry(
    'warning',
    'A kind that this version does not evaluate',
    'Nothing enforces it yet: see docs/status.md.',
  ),
  ST1101: entry('error', 'An unknown field', 'Remove it, or correct its name.'),
  ST1102: entry('error', 'A required field is missing', 'Add it.'),
  ST1103: entry('error', 'A value of the wrong type', 'Write a value of the named type.'),
  ST1104: entry('error', 'A value that is not one of the allowed ones', 'Use one of the listed values.'),
  ST1105: entry('error', 'A value of the wrong form', 'Write it in the named form.'),
  ST1106: entry('error', 'A field that disagrees with the path', 'Correct the field, or move the file.'),
  ST1201: entry('error', 'A version that is not registered', 'Name a version that has a file under versions/.'),
  ST1202: entry('error', 'A runtime that does not exist', 'Name a file under _platform/runtimes/.'),
  ST1203: entry('error', 'No runtime, or several, for a deployment', 'Name one with `runtime`.'),
  ST1204: entry('error', 'A deployment method that is not its runtime’s', 'Correct it or leave it out.'),
  ST1205: entry('error', 'Something that the runtime can not do', 'Change the deployment, or use another runtime.'),
  ST1206: entry('error', 'A variable twice, or without exactly one of value and secret_ref', 'Correct the variable.'),
  ST1207: entry('error', 'Two deployments with one path on one runtime', 'Give one of them another path.'),
  ST1208: entry('error', 'A version that can not be served', 'Add `serving.command` and an artifact to the version.'),
  ST1209: entry('error', 'A registered version was changed', 'Register the change as a new version.'),
  ST1210: entry('error', 'A number that was used before', 'Take the next free number.'),
  ST1211: entry('warning', 'A field that this version does not act on yet', 'See docs/status.md.'),
  ST1212: entry('error', 'A protection that this version does not give', 'Remove it; see docs/status.md.'),
  ST1301: entry('error', 'An artifact is missing', 'Put it where its uri says, or correct the uri.'),
  ST1302: entry('error', 'An artifact is not the declared one', 'Correct sha256 and size, or put back the archive.'),
  ST1303: entry('error', 'An artifact without sha256 is to be deployed', 'Add the sha256 of the archive.'),
  ST1304: entry('error', 'An archive that is unsafe to unpack', 'Pack it again without the named entry.'),
  ST1305: entry('error', 'An artifact address that can not be read here', 'Use an address that this version reads.'),
  ST1401: entry('error', 'A table item that is not ours', 'Remove the item, or give the model another name.'),
  ST1403: entry('error', 'A document too large for its table item', 'Make it smaller than 400 KB.'),
  ST1501: entry('warning', 'A runtime could not be reached', 'Start it, or check its address.'),
} as const satisfies Record<string, CodeEntry>

export type DiagnosticCode = keyof typeof diagnosticCodes
