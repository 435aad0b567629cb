import type { Plugin } from 'esbuild'

/** The part that holds the exact YAML parser, beside the programs. */
export const exactYamlEntry = { in: 'yaml', out: 'yaml' } as const

/**
 * A checkout takes the parser from its package when a document needs it (`src/declared/load-yaml.ts`). What is built
 * has it in a part of its own, which Node gives at once and only then: one file instead of some seventy.
 */
export const exactYaml: Plugin = {
  name: 'exact-yaml',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]declared[\\/]load-yaml\.ts$/ }, () => ({
      contents: `import { createRequire } from 'node:module'
        const fromHere = createRequire(import.meta.url)
        export const loadYaml = () => fromHere('./${exactYamlEntry.out}.js').default`,
      loader: 'js',
    }))
  },
}
