import { basename, join } from 'node:path'

/** Programs that are started by their path, named as the sources are. */
export type EntryPoint = 'cli/main' | 'store/engine'

/** In a checkout this is a source; in the package everything is in one folder, `dist/steward`. */
const built = !import.meta.filename.endsWith('.ts')

/** The file to give to Node for starting a program of ours as a process. */
export function entryPointFile(name: EntryPoint): string {
  return built ? join(import.meta.dirname, `${basename(name)}.js`) : join(import.meta.dirname, '..', `${name}.ts`)
}

/** Where `package.json` and `schemas/` are: `src/system` and `dist/steward` are equally deep below it. */
export const packageFolder = join(import.meta.dirname, '..', '..')
