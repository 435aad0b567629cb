import { enableCompileCache } from 'node:module'

// Before anything else is loaded: what is loaded later then starts from compiled code.
enableCompileCache()

const words = process.argv.slice(2)
const asked = words.length === 1 ? words[0] : undefined
if (asked === '--help' || asked === '-h' || asked === 'help' || asked === '--version') {
  const { answerAtOnce } = await import('./at-once.ts')
  answerAtOnce(asked === '--version' ? 'version' : 'help')
} else {
  const { run } = await import('./run.ts')

  // A reader that goes away (`steward status | head -1`) is no failure.
  process.stdout.on('error', () => process.exit(0))

  process.exitCode = await run(words, process.env)
  // Keep-alive sockets of clients must not hold the process once its work is done.
  process.exit()
}
