import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { commitChange } from '../corpus/repository.ts'
import { spaced, type Lab } from '../lab.ts'
import { interleave } from '../measure.ts'
import type { GoalReport } from '../report.ts'

const BRANCH = 'one-file'

/** A long-lived process with an `App` that has read everything once. */
class Reader {
  readonly #repo: string
  readonly #child: ChildProcess
  #revision = 0

  constructor(repo: string) {
    this.#repo = repo
    this.#child = fork(join(import.meta.dirname, 'p2-reader.ts'), [repo, BRANCH], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  /** Commits a change of one file, which is not timed, and gives the milliseconds of reading what is declared then. */
  async next(): Promise<number> {
    this.#revision += 1
    const parent = this.#revision === 1 ? 'main' : BRANCH
    await commitChange(this.#repo, { branch: BRANCH, parent, count: 1, revision: this.#revision })
    this.#child.send('read')
    const answered = new AbortController()
    const { signal } = answered
    try {
      const ended = once(this.#child, 'exit', { signal }).then(() => [null])
      const [message] = await Promise.race([once(this.#child, 'message', { signal }), ended])
      if (typeof message?.ms !== 'number') throw new Error('the reader of P2 has ended')
      return message.ms
    } finally {
      answered.abort()
    }
  }

  close(): void {
    this.#child.kill()
  }
}

/** P2: reading what is declared after a commit of one file must not grow with the number of models. */
export async function oneFile(lab: Lab): Promise<GoalReport> {
  const about = 'App.declared after a commit of one file, in a warm process, against the smallest corpus'
  const [smallest, ...larger] = lab.options.models
  if (smallest === undefined || larger.length === 0) {
    return { id: 'P2', about, series: [], lines: ['needs two sizes, for example --models 100,10000'] }
  }
  const readers = await Promise.all(
    lab.options.models.map(async (models) => new Reader((await lab.corpus(models)).repo)),
  )
  try {
    for (const reader of readers) await reader.next() // everything, cold
    for (const reader of readers) await reader.next()
    const [floor, ...subjects] = readers
    if (floor === undefined) throw new Error('no reader')
    const series = await interleave({
      // One round takes milliseconds: more of them than of whole processes.
      rounds: lab.options.rounds * 3,
      budgetMs: lab.options.budgetMs,
      floor: { name: `${spaced(smallest)} models`, run: () => floor.next() },
      subjects: subjects.map((reader, index) => ({
        name: `${spaced(larger[index] ?? 0)} models`,
        goal: '<= 1.10 at 10 000',
        run: () => reader.next(),
      })),
    })
    return { id: 'P2', about, series, lines: [] }
  } finally {
    for (const reader of readers) reader.close()
  }
}
