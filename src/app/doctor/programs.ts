import { errorCode } from '../../domain/errors.ts'
import { runGit } from '../../source/run-git.ts'
import { shortText } from '../../domain/short-text.ts'
import { ok, problem, warning, type Check } from './check.ts'

/** The first with `rev-parse --show-object-format`, which every command asks. */
const OLDEST_GIT = [2, 25] as const

export function nodeCheck(version: string): Check {
  return ok('node', `Node ${version}`)
}

export async function gitCheck(): Promise<Check> {
  try {
    const [, version = '', major, minor] = /^git version ((\d+)\.(\d+)\S*)/.exec(await runGit('/', ['--version'])) ?? []
    const [leastMajor, leastMinor] = OLDEST_GIT
    const old = Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor)
    if (!old) return ok('git', `git ${version}`)
    return warning('git', `git ${version} is old`, `Install git ${OLDEST_GIT.join('.')} or later.`)
  } catch (error) {
    const missing = error instanceof Error && errorCode(error.cause) === 'ENOENT'
    const seen = missing ? 'git is not installed, or not on the PATH' : `git does not run: ${shortText(error)}`
    return problem('git', seen, `Install git ${OLDEST_GIT.join('.')} or later.`)
  }
}
