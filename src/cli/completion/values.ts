import type { CatalogNames } from '../../app/catalog-names.ts'
import { diagnosticCodes } from '../../domain/diagnostic-codes.ts'
import { documentKinds } from '../../declared/catalog/layout.ts'
import { outputFormats } from '../command.ts'
import type { Candidate, Values, ValuesOf, Wanted } from './complete.ts'

const shells = ['bash', 'zsh', 'fish']
const fixed: Readonly<Record<string, readonly string[]>> = {
  SHELL: shells,
  LEVEL: ['error', 'warn', 'info', 'debug'],
  KIND: documentKinds,
}

/** What each placeholder of help stands for in this catalog. One that is not known here has no candidates. */
export function valuesIn(names: CatalogNames): ValuesOf {
  return async (wanted) => {
    const { placeholder, arguments: given } = wanted
    const words = fixed[placeholder]
    if (words !== undefined) return bare(words)
    if (placeholder === 'FORMAT') return bare([...outputFormats, ...wanted.formats])
    if (placeholder.startsWith('MODEL')) return models(wanted, names)
    if (/(^|=)FILE…?$/.test(placeholder) || placeholder === 'PLAN') return 'file'
    const model = given[0]?.replace(/^\//, '').replace(/@.*$/, '') ?? null
    switch (placeholder) {
      case 'DIR':
        return 'folder'
      case 'STAGE':
      case 'S':
        return bare(await stagesOf(model, names))
      case 'N':
        return model === null ? [] : bare((await names.versions(model)).map(String))
      case 'RUNTIME':
        return bare(await names.runtimes())
      case 'REV':
      case 'REF':
        return bare(await names.revisions())
      case 'CODE':
        return Object.entries(diagnosticCodes).map(([value, { summary }]) => ({ value, summary }))
      default:
        return []
    }
  }
}

/** Of the model; of all where it has none yet. */
async function stagesOf(model: string | null, names: CatalogNames): Promise<readonly string[]> {
  const own = model === null ? [] : await names.stages(model)
  return own.length > 0 ? own : names.stages(null)
}

/** `abc/x`, and where a version may be named (`MODEL@N`) and the name is whole, `abc/x@3`. */
async function models({ placeholder, beginning }: Wanted, names: CatalogNames): Promise<Values> {
  const slash = beginning.startsWith('/') ? '/' : ''
  const [name = '', version] = beginning.slice(slash.length).split('@')
  const found = version === undefined ? await names.models(name) : [name]
  const whole = placeholder.includes('@') && (version !== undefined || found.length === 1) ? found[0] : undefined
  const numbers = whole === undefined ? [] : await names.versions(whole)
  const plain = version === undefined ? found : []
  return bare([...plain, ...numbers.map((number) => `${whole}@${number}`)].map((text) => `${slash}${text}`))
}

function bare(words: readonly string[]): readonly Candidate[] {
  return words.map((value) => ({ value, summary: '' }))
}
