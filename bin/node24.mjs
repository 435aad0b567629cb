#!/usr/bin/env node
// Runs a script on the Node 24 that `npm ci` brought as a platform package, or on the system's Node if that is
// at least 24. Plain JavaScript for Node >= 20: this is the only code that an older Node ever executes.
import { runOnNode24 } from './launch.mjs'

const [script, ...args] = process.argv.slice(2)
if (script === undefined) {
  console.error('usage: node bin/node24.mjs SCRIPT [ARGUMENT ...]')
  process.exit(64)
}
runOnNode24(script, args)
