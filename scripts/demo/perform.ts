import { CleanUp } from './clean-up.ts'
import { Narrator } from './narrator.ts'
import { Stage } from './stage.ts'
import { NotObserved } from './waiting.ts'

export interface Scene {
  readonly stage: Stage
  readonly say: Narrator
  readonly cleanUp: CleanUp
}

class Interrupted extends Error {}

/**
 * Tells the story, which gives its number of predictions, and leaves nothing behind however it ends. The exit code: 0 only if the
 * story came to its end.
 */
export async function perform(story: (scene: Scene) => Promise<number>): Promise<number> {
  const began = performance.now()
  const stop = new AbortController()
  // A launcher at the same terminal passes the signal on: the second one is the same key press. The clean-up is
  // bounded, so that later ones may be ignored as well.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Interrupted(`interrupted by ${signal}`)))
  }
  process.stdout.on('error', () => stop.abort(new NotObserved('a reader of the output')))
  const say = new Narrator((text) => process.stdout.write(text), isColourful())
  const cleanUp = new CleanUp()
  let stage: Stage | null = null
  let failure: unknown = null
  try {
    stage = await Stage.make(stop, cleanUp)
    say.line('Model Steward: a promotion and a broken file, while predictions go on.')
    say.line(`Everything happens in ${stage.folder}, which is removed at the end.`)
    const predictions = await story({ stage, say, cleanUp })
    stop.signal.throwIfAborted()
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    say.line(`\nDone in ${seconds} s: ${predictions} predictions, none failed. Every line with a tick was observed.`)
  } catch (error) {
    failure = stop.signal.aborted ? stop.signal.reason : error
  }
  if (failure !== null) tell(failure, stage)
  const problems = await cleanUp.run()
  if (failure instanceof Interrupted) return 130
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  return failure === null && problems.length === 0 ? 0 : 1
}

function tell(failure: unknown, stage: Stage | null): void {
  const write = (text: string): boolean => process.stderr.write(`\n${text}\n`)
  if (failure instanceof Interrupted) return void write(`${failure.message}; ending everything`)
  if (failure instanceof NotObserved) write(failure.message)
  else write(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure))
  const logs = stage?.logs() ?? ''
  if (logs !== '') write(logs)
}

function isColourful(): boolean {
  const { NO_COLOR = '', CI = '' } = process.env
  return process.stdout.isTTY === true && NO_COLOR === '' && CI === ''
}
