import { createRequire } from 'node:module'

/**
 * The exact parser is loaded when it is first needed, at once and not later: most runs need none, and loading it
 * takes as long as all else that `validate` does on a small catalog.
 */
export function loadYaml(): typeof import('yaml') {
  return require('yaml') as typeof import('yaml')
}

const require = createRequire(import.meta.url)
