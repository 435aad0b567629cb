import type { Severity } from './diagnostics.ts'

export interface CodeEntry {
  readonly severity: Severity
  readonly summary: string
  readonly help: string
  /** Why it is so, for `steward explain`. */
  readonly detail?: string
  /** The marked text may be a secret: it is masked wherever the line is shown. */
  readonly sensitive?: true
}

type Rest = Pick<CodeEntry, 'detail' | 'sensitive'>

const error = (summary: string, help: string, rest: Rest = {}): CodeEntry => {
  return { severity: 'error', summary, help, ...rest }
}
const warning = (summary: string, help: string, rest: Rest = {}): CodeEntry => {
  return { severity: 'warning', summary, help, ...rest }
}
const why = (detail: string): Rest => ({ detail })

/**
 * Every code that a diagnostic can carry. A code never changes its meaning and is never used again.
 * ST10xx: files and YAML; ST11xx: a document against its schema; ST12xx: rules across documents;
 * ST13xx: artifacts; ST14xx: recorded state and guards; ST15xx: runtimes.
 */
export const diagnosticCodes = {
  ST1001: error('The file is not valid YAML', 'Correct the syntax at the marked place.'),
  ST1002: error(
    'A key stands twice in one mapping',
    'Keep one of the two.',
    why('YAML tools disagree about which of the two holds, so neither does.'),
  ),
  ST1003: error(
    'The file holds more than one document',
    'Put each document into a file of its own.',
    why('The path of a file decides what it is and what it is called; a second document would have neither.'),
  ),
  ST1004: error(
    'The file is empty',
    'Write the document, or delete the file.',
    why(
      'An empty file is an edit that was not finished more often than a wish. Deleting the file says that it is one.',
    ),
  ),
  ST1005: error('The file is not UTF-8', 'Save it as UTF-8.'),
  ST1006: error(
    'A limit on size, depth, aliases or nodes is passed',
    'Make the document smaller.',
    why(
      'Limits of one document: 1 MiB, 256 KiB for one text, 100 alias tokens, depth 64, 100 000 nodes counted with every alias expanded, 120 000 words and marks as they are written, 100 000 lines, and 100 listed problems. They keep a hostile file from stopping everyone else’s work.',
    ),
  ),
  ST1007: error(
    'A number that JSON can not carry exactly',
    'Quote it if it is text, or use a smaller number.',
    why('Integers beyond 2^53 - 1, .nan and .inf read back as something else in tables and JSON.'),
  ),
  ST1008: error(
    'A link or submodule where a document is expected',
    'Commit the file itself.',
    why('Links are never followed: what they name is not part of the revision that was reviewed.'),
  ),
  ST1009: error(
    'A YAML file in a place that no kind has',
    'Move it to the place of its kind, or rename it.',
    why('A file that nothing reads looks as if it had an effect. Folders whose name begins with _ may hold anything.'),
  ),
  ST1010: error('A file that ends in .yml', 'Rename it to .yaml.'),
  ST1011: error(
    'A name outside [a-z0-9][a-z0-9_-]*',
    'Rename it.',
    why('Names become parts of addresses, tags and resource names at every target; this is what all of them take.'),
  ),
  ST1012: error(
    'Paths that differ only by case',
    'Rename one of them.',
    why('On some file systems they are one file.'),
  ),
  ST1013: error(
    'A folder with versions or deployments but without model.yaml',
    'Add the model.yaml.',
    why(
      'A model is a folder with a model.yaml. Without it nothing of the model is deleted, but nothing of it is read either.',
    ),
  ),
  ST1014: error('A model folder inside another', 'Move it out.'),
  ST1015: warning('A kind of which this version checks the documents only', 'Nothing enforces it yet.'),
  ST1016: error(
    'A Git LFS pointer in place of a document',
    'Take it out of LFS.',
    why('Documents are read from Git itself, which holds only the pointer.'),
  ),
  ST1017: error('A tab indents a line', 'Indent with spaces.', why('YAML allows no tabs where indentation is meant.')),
  ST1018: warning('A byte order mark', 'Save it as UTF-8 without one.'),
  ST1019: error(
    'A line that ends in a carriage return alone',
    'Save it with line ends LF or CRLF.',
    why('Parsers disagree about whether a line ends there, so they would disagree about what the document says.'),
  ),
  ST1101: error(
    'An unknown field',
    'Remove it, or correct its name.',
    why('A misspelt field would be ignored silently. Free keys go under `labels`.'),
  ),
  ST1102: error('A required field is missing', 'Add it.'),
  ST1103: error(
    'A value of the wrong type',
    'Write a value of the named type.',
    why(
      'YAML reads an unquoted 1.10 as the number 1.1, an unquoted account as a number without its leading zeros. Where text is meant, quote it.',
    ),
  ),
  ST1104: error('A value that is not one of the allowed ones', 'Use one of the listed values.'),
  ST1105: error('A value of the wrong form', 'Write it in the named form.'),
  ST1106: error(
    'A field that disagrees with the path',
    'Correct the field, or move the file.',
    why(
      'Fields that say what the path says may be left out. Where they are written, two answers to one question are an error.',
    ),
  ),
  ST1107: error(
    'A schema of `inference` that is no JSON Schema',
    'Correct the schema.',
    why(
      'It is checked against the meta-schema of draft-07; patterns must compile, and a $ref must lead to a place in the same schema.',
    ),
  ),
  ST1108: error('A severity override of a code that does not exist', 'Name a code of `steward explain`.'),
  ST1109: warning(
    'A severity override that has no effect',
    'Remove it: errors can not be lowered.',
    why('An error blocks its model whatever it is called; only warnings can be silenced or raised.'),
  ),
  ST1110: error('A field that no difference has', 'Name a field that `steward drift` shows.'),
  ST1201: error('A version that is not registered', 'Name a version that has a file under versions/.'),
  ST1202: error('A runtime that does not exist', 'Name a file under _platform/runtimes/.'),
  ST1203: error(
    'No runtime, or several, for a deployment',
    'Name one with `runtime`.',
    why(
      'Without `runtime` it is the one that carries the deployment’s stage and, where it lists services, one of the model’s service tags.',
    ),
  ),
  ST1204: error(
    'A deployment method that is not its runtime’s',
    'Correct it or leave it out.',
    why('`deployment_method` is an assertion: it protects against a runtime that was changed into something else.'),
  ),
  ST1205: error('Something that the runtime can not do', 'Change the deployment, or use another runtime.'),
  ST1206: error('A variable twice, or without exactly one of value and secret_ref', 'Correct the variable.'),
  ST1207: error('Two deployments with one path on one runtime', 'Give one of them another path.'),
  ST1208: error('A version that can not be served', 'Add `serving.command` and an artifact to the version.'),
  ST1209: error(
    'A registered version was changed',
    'Register the change as a new version.',
    why(
      'Artifacts, `serving` and `inference` decide how a version behaves and are what is approved; they never change once merged (invariant I4). A missing sha256 or size may be filled in; every other field may be corrected.',
    ),
  ),
  ST1210: error(
    'A number that was used before',
    'Take the next free number.',
    why(
      'Version numbers are never reused, not even after a delete (invariant I5): a number in a log or a report must name one thing.',
    ),
  ),
  ST1211: warning('A field that this version does not act on yet', 'It is recorded; nothing acts on it yet.'),
  ST1212: error(
    'A protection that this version does not give',
    'Remove it.',
    why('Ignoring a protection silently would be worse than refusing it.'),
  ),
  ST1213: error('A literal that looks like a secret', 'Put it into a secret store and name it with `secret_ref`.', {
    sensitive: true,
    detail:
      'What is in Git stays in its history. If it was a real secret, replace it: removing the line does not take it back. The value is masked wherever Steward shows the line.',
  }),
  ST1214: error('Rollout steps that do not rise', 'List the steps from the smallest percent to the largest.'),
  ST1215: warning(
    'Names that look alike',
    'Rename one of them.',
    why(
      'Names that differ only in what the eye takes for the same (1 and l, 0 and o, _ and -) are mixed up when it is urgent.',
    ),
  ),
  ST1216: error('A life cycle that does not exist', 'Name a file under _platform/lifecycles/.'),
  ST1217: error('A stage that the life cycle does not have', 'Use one of its stages.'),
  ST1218: error('A role that does not exist', 'Name a role of _platform/roles.yaml.'),
  ST1219: error(
    'Something that the namespace does not allow',
    'Use what it allows, or ask its owner.',
    why(
      '`allow` in namespace.yaml limits the runtimes and stages of every model below it; every namespace above must allow it too.',
    ),
  ),
  ST1220: error(
    'A life cycle weaker than the risk tier asks for',
    'Leave `lifecycle` out, or name a stricter one.',
    why(
      'A life cycle is at least as strict as another if it has all of its stages and in each of them all of its gates, with at least the same thresholds, counts and times.',
    ),
  ),
  ST1221: error('Several life cycles for one risk tier', 'Leave the tier in one of them.'),
  ST1222: error(
    'A version number that was taken meanwhile',
    'Rename the file to the next free number.',
    why('Two branches took the same number; the one that was merged first keeps it.'),
  ),
  ST1223: error('A version in use was removed', 'Put the file back, or move the deployments first.'),
  ST1224: warning(
    'An incompatible change of what goes in or comes out',
    'Tell the callers, or keep the old fields.',
    why(
      'A required input that callers do not send yet, or an output that they read and that is gone, breaks them at the promotion.',
    ),
  ),
  ST1225: warning(
    'A validation that is overdue',
    'Validate the model and set `next_validation`.',
    why('What runs goes on; new versions are kept out of protected stages (ST1226).'),
  ),
  ST1226: error('A new version in a protected stage while the validation is overdue', 'Validate the model first.'),
  ST1227: warning('A hold that has ended', 'Remove `hold`, or give it another date.'),
  ST1228: warning(
    'A bucket name that S3 does not have',
    'Correct the address.',
    why(
      'Bucket names hold lower-case letters, digits, dots and hyphens, 3 to 63 characters. Addresses of older documents are kept as they are written.',
    ),
  ),
  ST1229: error(
    'Fields that an external deployment needs or can not have',
    'Write `endpoint` and `managed_by`; leave out what Steward would have to do.',
    why('`external` and `none` record a deployment that Steward does not drive.'),
  ),
  ST1230: error('An approval that can not count', 'Correct it.'),
  ST1231: error('A freeze without time', 'Write a `from` that is before `until`.'),
  ST1232: error('Steps that can not run', 'Name existing steps, without a circle.'),
  ST1233: error('A capacity that contradicts itself', 'Write `replicas`, or `min_replicas` and `max_replicas`.'),
  ST1234: error(
    'An endpoint without authentication in a protected stage',
    'Add `auth`, or allow it in the runtime’s `config`.',
  ),
  ST1235: warning(
    'A risk tier that no life cycle is for',
    'Correct `risk_tier`, or name the tier in a life cycle.',
    why('A model to which no life cycle applies has no gates; a misspelt tier would lose them silently.'),
  ),
  ST1236: warning(
    'A deployment of a deprecated version',
    'Promote the version that replaces it.',
    why('What runs goes on. Settings may raise or silence it.'),
  ),
  ST1237: warning(
    'Steps of a rollout that is no canary',
    'Write `rolling_strategy: canary`, or remove the steps.',
    why('A rolling rollout steps by its replicas, a blue/green one moves all traffic at once.'),
  ),
  ST1238: error(
    'A rollout that is watched longer than it may take',
    'Leave `deadline` out, or make it longer.',
    why(
      'After every step of a canary, and at 100 %, a rollout is watched for `bake`; the deadline counts from its begin.',
    ),
  ),
  ST1301: error('An artifact is missing', 'Put it where its uri says, or correct the uri.'),
  ST1302: error(
    'An artifact is not the declared one',
    'Put back the archive; a changed one is registered as a new version.',
  ),
  ST1303: error('An artifact without sha256 is to be deployed', 'Add the sha256 of the archive.'),
  ST1304: error('An archive that is unsafe to unpack', 'Pack it again without the named entry.'),
  ST1305: error('An artifact address that can not be read here', 'Use an address that this version reads.'),
  ST1306: warning('An artifact that could not be checked', 'It is recorded as it is declared.'),
  ST1401: error(
    'A table item that is not ours',
    'Take it over with `steward adopt`, remove it, or give the model another name.',
  ),
  ST1403: error('A document too large for its table item', 'Make it smaller than 400 KB.'),
  ST1501: warning('A runtime could not be reached', 'Start it, or check its address.'),
} as const satisfies Record<string, CodeEntry>

export type DiagnosticCode = keyof typeof diagnosticCodes

/** The registry by any text. */
export function codeEntry(code: DiagnosticCode): CodeEntry {
  return diagnosticCodes[code]
}

export function isDiagnosticCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(diagnosticCodes, text)
}
