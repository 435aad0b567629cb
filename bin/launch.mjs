import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const NEEDED_MAJOR = 24
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** The executable of the `node-<platform>-<arch>` package that npm installed, or null where there is none. */
function installedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const require = createRequire(import.meta.url)
  try {
    const manifest = require.resolve(`node-${platform}-${process.arch}/package.json`)
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return null
  }
}

/**
 * Runs `script` on Node >= 24: in this process if it is new enough, else in a child that gets every signal and
 * whose exit code becomes ours. A pid that the script writes is the pid of the process that does the work.
 */
export function runOnNode24(script, args) {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
    process.argv = [process.argv[0], script, ...args]
    import(pathToFileURL(script).href)
    return
  }
  const node = installedNode()
  if (node === null) {
    console.error(
      `steward needs Node ${NEEDED_MAJOR} or newer; this is ${process.version} and no platform package is installed.\n` +
        'Run `npm ci` (it brings Node 24 on linux-x64, linux-arm64 and win-x64) or install Node 24.',
    )
    process.exit(1)
  }
  const child = spawn(node, [script, ...args], { stdio: 'inherit' })
  for (const signal of FORWARDED_SIGNALS) {
    try {
      process.on(signal, () => child.kill(signal))
    } catch {
      // The platform has no such signal.
    }
  }
  child.on('error', (error) => {
    console.error(`cannot start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}
