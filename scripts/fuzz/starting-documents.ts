import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentKinds, placeOf, type DocumentKind } from '../../src/declared/catalog/layout.ts'
import { invalidCases } from '../../test/support/invalid-cases.ts'

export interface StartingDocument {
  readonly name: string
  readonly kind: DocumentKind
  readonly bytes: Uint8Array
}

const checkout = join(import.meta.dirname, '../..')
/** Mutations of a megabyte are like mutations of a line, and take a thousand times as long. */
const LARGEST = 64 * 1024

/** What is mutated: the example catalog, the example of every kind, and the documents of the invalid catalogs. */
export function startingDocuments(): readonly StartingDocument[] {
  return [...exampleCatalog(), ...exampleKinds(), ...invalidDocuments()]
}

/** The documents that people are shown: all of them are read by the fast parser. */
export function exampleDocuments(): readonly StartingDocument[] {
  return [...exampleCatalog(), ...exampleKinds()]
}

function exampleCatalog(): StartingDocument[] {
  return globSync('**/*.yaml', { cwd: join(checkout, 'models') })
    .sort()
    .flatMap((path) => documentOf(path, readFileSync(join(checkout, 'models', path))))
}

function exampleKinds(): StartingDocument[] {
  return documentKinds.map((kind) => {
    const file = `${kind.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase()}.yaml`
    return { name: `schemas/examples/${file}`, kind, bytes: readFileSync(join(checkout, 'schemas/examples', file)) }
  })
}

function invalidDocuments(): StartingDocument[] {
  return invalidCases().flatMap(({ path: name, given }) =>
    [...given.catalog.files]
      .filter(([, { mode, bytes }]) => mode === 'file' && bytes.length <= LARGEST)
      .flatMap(([path, { bytes }]) => documentOf(path, bytes).map((each) => ({ ...each, name: `${name} ${path}` }))),
  )
}

function documentOf(path: string, bytes: Uint8Array): StartingDocument[] {
  const placement = placeOf(path.split('/'))
  return placement === null || 'misplaced' in placement ? [] : [{ name: path, kind: placement.place.kind, bytes }]
}
