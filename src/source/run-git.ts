import { execFile } from 'node:child_process'

/** The most that one command may print: the paths of some million files. */
const MAX_BYTES = 512 * 1024 * 1024

/**
 * The output of one short git command. The few questions that every start asks go this way, since loading a library
 * for them takes longer than their answers.
 */
export function runGit(
  folder: string,
  words: readonly string[],
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = environment === undefined ? {} : { env: environment }
    const options = { cwd: folder, encoding: 'utf8', maxBuffer: MAX_BYTES, ...env } as const
    execFile('git', [...words], options, (error, out, complaint) => {
      if (error === null) resolve(out)
      else reject(new Error(complaint.trim() || error.message, { cause: error }))
    })
  })
}
