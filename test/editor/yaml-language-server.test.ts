import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkSchema } from '../../src/declared/schema-check.ts'
import { placeOf, type DocumentKind } from '../../src/declared/catalog/layout.ts'
import { parseYaml } from '../../src/declared/yaml/document.ts'
import { isJsonObject, type JsonObject } from '../../src/domain/json.ts'
import { completed } from './completed.ts'
import { kindNamed, kinds, root } from './kinds.ts'
import { Editor, type CompletionItem } from './language-server.ts'
import { wrongDocuments } from './wrong-documents.ts'

/** A place of each kind; none of these files exists. */
const places = {
  'models/_platform/settings.yaml': 'Settings',
  'models/_platform/roles.yaml': 'Roles',
  'models/_platform/runtimes/prod.yaml': 'Runtime',
  'models/_platform/lifecycles/standard.yaml': 'Lifecycle',
  'models/_platform/freezes/year-end.yaml': 'Freeze',
  'models/abc/namespace.yaml': 'Namespace',
  'models/abc/claim/cost/model.yaml': 'Model',
  'models/abc/claim/cost/versions/1.yaml': 'ModelVersion',
  'models/abc/claim/cost/deployments/prod.yaml': 'Deployment',
  'models/abc/claim/cost/approvals/carol.yaml': 'Approval',
  'models/abc/claim/cost/training.yaml': 'TrainingPipeline',
} as const

let editor: Editor
let opened = 0

beforeAll(async () => {
  editor = await Editor.start(root)
})
afterAll(async () => {
  await editor.stop()
})

/** Where a new document is opened; nothing is ever written there. */
function newPath(): string {
  opened += 1
  return join(root, 'test/editor/never-written', `${opened}.yaml`)
}

/** What an editor proposes at the end of `text`, in a document of the kind. */
async function proposed(title: string, text: string): Promise<{ items: readonly CompletionItem[]; whole: string }> {
  const path = newPath()
  const whole = `${kindNamed(title).modeline}\n${text}`
  await editor.open(path, whole)
  const lines = whole.split('\n')
  const items = await editor.complete(path, { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 })
  return { items, whole }
}

function faultsOf(title: string, text: string): readonly { line: number; summary: string }[] {
  const { document, faults } = parseYaml(Buffer.from(text))
  const found = document === null ? faults : checkSchema(title as DocumentKind, document)
  return found.map(({ range, summary }) => ({ line: range.start.line, summary }))
}

const fieldsOf = (schema: JsonObject): JsonObject => (isJsonObject(schema.properties) ? schema.properties : {})

describe.each(kinds)('an editor with a $title', ({ title, schema, file }) => {
  test('proposes every field of the schema with its description', async () => {
    const { items } = await proposed(title, '')
    for (const [name, field] of Object.entries(fieldsOf(schema))) {
      const item = items.find(({ label, insertText = '' }) => label === name && insertText.startsWith(`${name}:`))
      const shown = typeof item?.documentation === 'string' ? item.documentation : item?.documentation?.value
      expect(shown, name).toContain(isJsonObject(field) ? field.description : '?')
    }
  })

  test('proposes snippets that are documents without a fault', async () => {
    const { items, whole } = await proposed(title, '')
    const names = new Set((schema.defaultSnippets as readonly { label: string }[]).map(({ label }) => label))
    const snippets = items.filter(({ label }) => names.has(label) && !(label in fieldsOf(schema)))
    expect(snippets.length).toBeGreaterThan(0)
    for (const item of snippets) expect(faultsOf(title, completed(whole, item)), item.label).toEqual([])
  })

  test('writes values that keep their type, quoted where YAML would read a number', async () => {
    const { items, whole } = await proposed(title, '')
    for (const item of items) {
      const { document } = parseYaml(Buffer.from(completed(whole, item)))
      expect(document, item.label).not.toBeNull()
      if (document === null) continue
      // A value that is still to be typed is empty; every value that is there must be right.
      const wrong = checkSchema(title as DocumentKind, document).filter(({ code, pointer = '' }) => {
        const path = pointer.split('/').slice(1)
        return code !== 'ST1102' && valueAt(document.value, path) !== null
      })
      expect(wrong, item.label).toEqual([])
    }
  })

  test('shows the description of each field of the example, and nothing wrong with it', async () => {
    const path = join(root, 'schemas/examples', `${file}.yaml`)
    const text = readFileSync(path, 'utf8')
    expect(await editor.open(path, text)).toEqual([])
    const lines = text.split('\n')
    for (const [line, content] of lines.entries()) {
      const name = /^([a-z_]+):/.exec(content)?.[1]
      const field = name === undefined ? undefined : fieldsOf(schema)[name]
      if (!isJsonObject(field)) continue
      const shown = (await editor.hover(path, { line, character: 1 })).replaceAll('\\', '')
      expect(shown, name).toContain(field.markdownDescription ?? field.description)
    }
  })
})

describe('completion inside a document', () => {
  test('words come with what each means, the aliases with what they are read as', async () => {
    const { items } = await proposed('Deployment', 'model_version: 1\nrolling_strategy: ')
    const shown = Object.fromEntries(items.map(({ label, documentation }) => [label, documentation]))
    expect(shown).toMatchObject({
      canary: 'Moves the traffic in steps and watches after each.',
      canory: 'Read as canary.',
      blue_green: 'Read as blue green.',
    })
  })

  test('a list proposes what people add to it', async () => {
    const before = 'stages:\n  - name: prod\n    gates:\n      - '
    const { items, whole } = await proposed('Lifecycle', before)
    for (const name of ['metrics', 'approvals', 'soak', 'compare']) {
      const faults = items
        .filter(({ label }) => label === name)
        .map((item) => faultsOf('Lifecycle', completed(whole, item)))
      expect(faults, name).toContainEqual([])
    }
  })

  test('a string proposes its examples', async () => {
    const { items } = await proposed('Runtime', 'stages: [prod]\nregion: ')
    expect(items.map(({ label }) => label)).toContain('us-east-1')
  })
})

describe('a wrong document', () => {
  test.each(wrongDocuments)(
    '$reason: an editor marks the lines that validate names ($kind)',
    async ({ kind, text }) => {
      const whole = `${kindNamed(kind).modeline}\n${text}`
      const ours = faultsOf(kind, whole).map(({ line }) => line)
      const theirs = (await editor.open(newPath(), whole)).map(({ range }) => range.start.line + 1)
      expect(ours.length).toBeGreaterThan(0)
      expect([...new Set(theirs)].sort()).toEqual([...new Set(ours)].sort())
    },
  )
})

describe('the documents of this repository', () => {
  const documents = globSync('models/**/*.yaml', { cwd: root })

  test('there are some', () => {
    expect(documents.length).toBeGreaterThan(10)
  })

  test.each(documents)('an editor finds nothing wrong with %s', async (name) => {
    const path = join(root, name)
    expect(await editor.open(path, readFileSync(path, 'utf8'))).toEqual([])
  })
})

describe('an editor with the settings of docs/kinds/README.md', () => {
  const page = readFileSync(join(root, 'docs/kinds/README.md'), 'utf8')
  const settings: { 'yaml.schemas': Record<string, string> } = JSON.parse(/```json\n([^`]*)```/.exec(page)?.[1] ?? '{}')
  let configured: Editor
  beforeAll(async () => {
    configured = await Editor.start(root, { schemas: settings['yaml.schemas'] })
  })
  afterAll(async () => {
    await configured.stop()
  })

  test.each(Object.entries(places))('knows %s as a %s without being told in it', async (place, title) => {
    const [, ...segments] = place.split('/')
    expect(placeOf(segments)).toMatchObject({ place: { kind: title } })
    const found = await configured.open(join(root, place), 'an_unknown_field: 1\n')
    expect(found.map(({ message, source }) => `${source}: ${message}`)).toContain(
      `yaml-schema: ${title}: Property an_unknown_field is not allowed.`,
    )
  })

  test('says nothing about other files', async () => {
    expect(await configured.open(join(root, 'models/abc/other.yaml'), 'an_unknown_field: 1\n')).toEqual([])
  })
})

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((held, name) => {
    if (Array.isArray(held)) return held[Number(name)]
    return isJsonObject(held) ? held[name] : undefined
  }, value)
}
