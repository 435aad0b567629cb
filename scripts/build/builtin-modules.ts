/**
 * Node's own modules are taken by `process.getBuiltinModule` in what is built. An `import` of one reads every export,
 * also those that Node loads lazily: `import 'node:http'` loads a WebSocket client and with it a whole HTTP library
 * (223 internal modules against 148), which costs more than a bare start of Node; `node:util` and `node:fs` load 144
 * against 110.
 */
import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

const builtin = new Set(builtinModules)
const importStatement = /^import ((?:[^"'{};]|\{[^}]*\})+?) from "(?:node:)?([a-z_/0-9]+)";\n/gm

/** For what CommonJS libraries `require`; a module has no `require` by itself. */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, '')
      return builtin.has(name) && kind === 'require-call' ? { path: name, namespace: 'builtin' } : undefined
    })
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = ${taken(path)}`,
      loader: 'js',
    }))
  },
}

/** Rewrites the imports of built text; they stay above everything else, as imports are. */
export function withTakenBuiltins(text: string): string {
  const lines: string[] = []
  const rest = text.replaceAll(importStatement, (statement: string, clause: string, name: string) => {
    if (!builtin.has(name)) return statement
    lines.push(...declarations(clause, name))
    return ''
  })
  return lines.length === 0 ? text : `${lines.join('\n')}\n${rest}`
}

/** `whole, { a as b }`, `* as whole` or `{ a }`, as esbuild prints them. */
function declarations(clause: string, name: string): string[] {
  const whole = /^(?:\* as )?(\w+)/.exec(clause)?.[1]
  const named = /\{([^}]*)\}/.exec(clause)?.[1]
  return [
    ...(whole === undefined ? [] : [`var ${whole} = ${taken(name)};`]),
    ...(named === undefined ? [] : [`var {${named.replaceAll(/ as /g, ': ')}} = ${taken(name)};`]),
  ]
}

function taken(name: string): string {
  return `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`
}
