import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import { unknownName } from './named-help.ts'
import { checkTimezone } from './timezone-rules.ts'
import { checkVariables } from './variable-rules.ts'

interface Step {
  readonly name: string
  readonly needs: readonly string[]
  readonly outputs: readonly string[]
}

/** The steps form a graph without circles, and what is registered is made by one of them. */
export function checkTraining(value: JsonObject, document: YamlDocument): Fault[] {
  const written = Array.isArray(value.steps) ? value.steps.filter(isJsonObject) : []
  const steps = written.map(({ name, needs, outputs }) => ({
    name: String(name),
    needs: texts(needs),
    outputs: texts(outputs),
  }))
  const names = steps.map(({ name }) => name)
  const faults: Fault[] = [...checkTimezone(value, document)]
  const add = (path: Path, said: { readonly summary: string; readonly help: string }): void => {
    faults.push({ code: 'ST1232', ...said, range: document.rangeOf(path), pointer: `/${path.join('/')}` })
  }
  steps.forEach(({ name, needs }, index) => {
    if (names.indexOf(name) < index) {
      add(['steps', index, 'name'], {
        summary: `the step ${name} stands twice`,
        help: 'Give one of them another name.',
      })
    }
    needs.forEach((needed, position) => {
      if (!names.includes(needed)) add(['steps', index, 'needs', position], unknownName('step', needed, names))
    })
  })
  written.forEach((step, index) => {
    if (step.command === undefined && step.image === undefined) {
      add(['steps', index], {
        summary: `the step ${String(step.name)} runs nothing`,
        help: 'Add `command` or `image`.',
      })
    }
    faults.push(...checkVariables(value, document, ['steps', index]))
  })
  const circle = findCircle(steps)
  if (circle !== null) {
    add(['steps', circle, 'needs'], {
      summary: 'the steps wait for each other in a circle',
      help: 'Remove one of the `needs`.',
    })
  }
  const register = isJsonObject(value.register) ? value.register : {}
  const made = steps.flatMap(({ outputs }) => outputs)
  for (const field of ['artifact', 'metrics', 'parameters']) {
    const wanted = register[field]
    if (typeof wanted === 'string' && !made.includes(wanted))
      add(['register', field], unknownName('output', wanted, made))
  }
  const { start } = document.rangeOf([])
  const summary = 'TrainingPipeline documents are checked, but not run by this version'
  return [...faults, { code: 'ST1015', summary, help: 'See docs/status.md.', range: { start, end: start } }]
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : []
}

/** The index of a step that waits for itself by way of others; null where none does. */
function findCircle(steps: readonly Step[]): number | null {
  const done = new Set<string>()
  for (let left = steps.length; left > 0; left -= 1) {
    for (const { name, needs } of steps)
      if (needs.every((needed) => done.has(needed) || !steps.some((step) => step.name === needed))) done.add(name)
  }
  const stuck = steps.findIndex(({ name }) => !done.has(name))
  return stuck === -1 ? null : stuck
}
