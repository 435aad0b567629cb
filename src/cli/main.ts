import { enableCompileCache } from 'node:module'

// Before anything else is loaded: what is loaded later then starts from compiled code.
enableCompileCache()
const { run } = await import('./run.ts')

// A reader that goes away (`steward status | head -1`) is no failure.
process.stdout.on('error', () => process.exit(0))

process.exitCode = await run(process.argv.slice(2), process.env)
// Keep-alive sockets of clients must not hold the process once its work is done.
process.exit()
