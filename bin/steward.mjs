#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOnNode24 } from './launch.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
// A checkout runs its sources. A package has none: Node strips no types below node_modules.
const source = join(root, 'src', 'cli', 'main.ts')
runOnNode24(existsSync(source) ? source : join(root, 'dist', 'steward', 'main.js'), process.argv.slice(2))
