import { errorMessage } from '../../src/domain/errors.ts'
import { CrashWorld } from './crash-world.ts'

/** At most: they mostly wait for processes and for leases to run out. */
const AT_ONCE = 4

/** How many points of which scenario were tried, and how many of them converged. */
export class Progress {
  readonly failures: string[] = []
  readonly #tried = new Map<string, number>()
  readonly #converged = new Map<string, number>()

  tried(scenario: string): void {
    this.#tried.set(scenario, this.count(scenario) + 1)
  }

  converged(scenario: string): void {
    this.#converged.set(scenario, (this.#converged.get(scenario) ?? 0) + 1)
  }

  count(scenario: string): number {
    return this.#tried.get(scenario) ?? 0
  }

  print(how: string): void {
    for (const [scenario, count] of this.#tried) {
      console.log(`${scenario}, ${how}: ${count} tried, ${this.#converged.get(scenario) ?? 0} converged`)
    }
  }
}

/** Gives each number from 1 on a world of its own, a few at once, until one has nothing to try; failures are kept. */
export async function inWorlds(
  store: string,
  attempt: (world: CrashWorld, number: number, progress: Progress) => Promise<boolean>,
): Promise<Progress> {
  const progress = new Progress()
  let number = 0
  let over = false
  const worker = async (): Promise<void> => {
    while (!over) {
      const mine = (number += 1)
      await using world = await CrashWorld.open(store)
      try {
        if (!(await attempt(world, mine, progress))) over = true
      } catch (error) {
        progress.failures.push(`${errorMessage(error)}\n${differences(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return progress
}

/** The lines in which what was expected differs from what was there. */
function differences(error: unknown): string {
  const told = error as { readonly actual?: unknown; readonly expected?: unknown }
  const lines = (value: unknown): string[] => (JSON.stringify(value, null, 1) ?? '').split('\n')
  const [actual, expected] = [lines(told.actual), lines(told.expected)]
  return [
    ...expected.filter((line) => !actual.includes(line)).map((line) => `- ${line}`),
    ...actual.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`),
  ].join('\n')
}
