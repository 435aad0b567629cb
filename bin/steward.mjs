#!/usr/bin/env node
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOnNode24 } from './launch.mjs'

runOnNode24(join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'cli', 'main.ts'), process.argv.slice(2))
