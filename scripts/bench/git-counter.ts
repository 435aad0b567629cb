import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Counts the git processes that others start: a `git` of ours stands first in their PATH and notes each call. */
export interface GitCounter {
  readonly path: string
  /** Command lines since the last look. */
  take(): string[]
}

export function gitCounter(folder: string): GitCounter {
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim()
  const log = join(folder, 'git.log')
  mkdirSync(folder, { recursive: true })
  writeFileSync(log, '')
  const shim = join(folder, 'git')
  writeFileSync(shim, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\nexec '${real}' "$@"\n`)
  chmodSync(shim, 0o755)
  return {
    path: `${folder}${delimiter}${process.env.PATH ?? ''}`,
    take: () => {
      const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean)
      writeFileSync(log, '')
      return lines
    },
  }
}
