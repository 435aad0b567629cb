import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'

/** The part that holds the exact YAML parser, beside the programs. */
export const exactYamlEntry = { in: 'yaml', out: 'yaml' } as const

/** Where the sources load the parser. */
const loader = /[\\/]declared[\\/]yaml[\\/]load\.ts$/

/**
 * A checkout takes the parser from its package when a document needs it (`src/declared/yaml/load.ts`). What is built
 * has it in a part of its own, which Node gives at once and only then: one file instead of some seventy.
 */
export const exactYaml: Plugin = {
  name: 'exact-yaml',
  setup({ onLoad }) {
    onLoad({ filter: loader }, () => ({
      contents: `import { createRequire } from 'node:module'
        const fromHere = createRequire(import.meta.url)
        export const loadYaml = () => fromHere('./${exactYamlEntry.out}.js').default`,
      loader: 'js',
    }))
  },
}

/** In one file for a machine without packages the parser is a part of it, evaluated when a document needs it. */
export const bundledYaml: Plugin = {
  name: 'bundled-yaml',
  setup({ onLoad }) {
    onLoad({ filter: loader }, ({ path }) => ({
      contents: "export const loadYaml = () => require('yaml')",
      resolveDir: dirname(path),
      loader: 'js',
    }))
  },
}
