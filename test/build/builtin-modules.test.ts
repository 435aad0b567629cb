import { describe, expect, it } from 'vitest'
import { withTakenBuiltins } from '../../scripts/build/builtin-modules.ts'

const taken = (name: string): string => `process.getBuiltinModule("node:${name}")`

describe('built text', () => {
  it.each([
    ['import { join as join2, dirname } from "node:path";\n', `var { join: join2, dirname } = ${taken('path')};\n`],
    ['import {\n  a,\n  b\n} from "fs/promises";\n', `var {\n  a,\n  b\n} = ${taken('fs/promises')};\n`],
    ['import http, { Agent } from "http";\n', `var http = ${taken('http')};\nvar { Agent } = ${taken('http')};\n`],
    ['import * as os from "node:os";\n', `var os = ${taken('os')};\n`],
  ])('takes %j from the process', (before, after) => {
    expect(withTakenBuiltins(before)).toBe(after)
  })

  it.each(['import { a } from "./chunk-A.js";\n', 'import dynalite from "dynalite";\n', 'import "./chunk-B.js";\n'])(
    'keeps %j',
    (text) => {
      expect(withTakenBuiltins(text)).toBe(text)
    },
  )

  it('has what it takes above everything that may use it', () => {
    const text = 'import { a } from "./a.js";\nuse();\nimport { join } from "node:path";\nfunction use() { join() }\n'
    expect(withTakenBuiltins(text).indexOf('getBuiltinModule')).toBeLessThan(withTakenBuiltins(text).indexOf('use()'))
  })
})
