import { mutate, seededRandom } from '../../test/support/catalog-mutations.ts'
import { catalog } from '../../test/support/catalog-builder.ts'
import { documentKinds, type DocumentKind } from '../../src/declared/catalog/layout.ts'
import { checkCatalog } from './check-catalog.ts'
import { checkDocument, type Checked } from './check-document.ts'
import { randomYaml } from './random-yaml.ts'
import type { FuzzOptions } from './options.ts'
import { startingDocuments, type StartingDocument } from './starting-documents.ts'

export interface Finding {
  /** The number of the document, for `--only`. */
  readonly number: number
  readonly kind: DocumentKind
  readonly what: string
  /** Its bytes. */
  readonly base64: string
}

export interface FuzzReport {
  /** Documents that were mutated, and that were generated. */
  readonly mutated: number
  readonly generated: number
  readonly catalogs: number
  /** How many documents each parser read, and how many neither. */
  readonly fast: number
  readonly exact: number
  readonly refused: number
  readonly slowestMs: number
  readonly slowest: number
  readonly findings: readonly Finding[]
}

/** Every how many mutated documents one is judged as a part of a whole catalog, too. */
const CATALOG_SHARE = 10
const LISTED = 10

/**
 * Half of the documents are mutations of `startingDocuments`, half are `randomYaml`. Each has a random sequence of its
 * own, so that it can be made again alone. `progress` is told the number of every document before it is read.
 */
export function fuzz(options: FuzzOptions, progress: (number: number) => void = () => {}): FuzzReport {
  const starting = startingDocuments()
  const numbers = options.only === null ? Array.from({ length: options.count * 2 }, (_, n) => n) : [options.only]
  const counts = { mutated: 0, generated: 0, catalogs: 0, fast: 0, exact: 0, refused: 0, slowestMs: 0, slowest: 0 }
  const findings: Finding[] = []
  for (const number of numbers) {
    progress(number)
    const { kind, bytes } = documentOf(number, options, starting)
    const checked = checkDocument(kind, bytes)
    counts[number < options.count ? 'mutated' : 'generated'] += 1
    counts[parserOf(checked)] += 1
    if (checked.milliseconds > counts.slowestMs)
      Object.assign(counts, { slowestMs: checked.milliseconds, slowest: number })
    const found = [...checked.findings]
    if (number < options.count && number % CATALOG_SHARE === 0) {
      counts.catalogs += 1
      const wrong = inCatalog(number, kind, bytes)
      if (wrong !== null) found.push(`it was thrown in a catalog: ${wrong}`)
    }
    const base64 = Buffer.from(bytes).toString('base64')
    if (findings.length < LISTED) findings.push(...found.map((what) => ({ number, kind, what, base64 })))
  }
  return { ...counts, findings }
}

function documentOf(
  number: number,
  { count, seed }: FuzzOptions,
  starting: readonly StartingDocument[],
): Pick<StartingDocument, 'kind' | 'bytes'> {
  const random = seededRandom(seed * 1_000_003 + number)
  if (number >= count) {
    const kind = documentKinds[number % documentKinds.length] ?? 'Model'
    return { kind, bytes: Buffer.from(randomYaml(random)) }
  }
  const start = starting[Math.floor(random() * starting.length)]
  return { kind: start?.kind ?? 'Model', bytes: mutate(start?.bytes ?? new Uint8Array(), random) }
}

function parserOf({ fast }: Checked): 'fast' | 'exact' | 'refused' {
  return fast === null ? 'refused' : fast ? 'fast' : 'exact'
}

const places: Readonly<Record<DocumentKind, string>> = {
  Model: 'abc/claim/docs/model.yaml',
  ModelVersion: 'abc/claim/docs/versions/1.yaml',
  Deployment: 'abc/claim/docs/deployments/prod.yaml',
  Approval: 'abc/claim/docs/approvals/a.yaml',
  TrainingPipeline: 'abc/claim/docs/training.yaml',
  Namespace: 'abc/claim/namespace.yaml',
  Runtime: '_platform/runtimes/local.yaml',
  Lifecycle: '_platform/lifecycles/standard.yaml',
  Freeze: '_platform/freezes/year-end.yaml',
  Roles: '_platform/roles.yaml',
  Settings: '_platform/settings.yaml',
}

/** As a part of a small catalog, compared with the catalog that it was put into. */
function inCatalog(number: number, kind: DocumentKind, bytes: Uint8Array): string | null {
  const base = catalog()
  return checkCatalog(base.file(places[kind], bytes), number % (CATALOG_SHARE * 2) === 0 ? base : null)
}
