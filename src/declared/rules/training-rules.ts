import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import { limits } from '../yaml/limits.ts'
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
  const names = new Set(steps.map(({ name }) => name))
  const seen = new Set<string>()
  const faults: Fault[] = [...checkTimezone(value, document)]
  const add = (path: Path, said: { readonly summary: string; readonly help: string }): void => {
    faults.push({ code: 'ST1232', ...said, range: document.rangeOf(path), pointer: `/${path.join('/')}` })
  }
  steps.forEach(({ name, needs }, index) => {
    if (seen.has(name)) {
      add(['steps', index, 'name'], {
        summary: `the step ${name} stands twice`,
        help: 'Give one of them another name.',
      })
    }
    seen.add(name)
    needs.forEach((needed, position) => {
      // More are not listed, and looking for the nearest name takes time.
      if (names.has(needed) || faults.length > limits.faults) return
      add(['steps', index, 'needs', position], unknownName('step', needed, [...names]))
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
  return [...faults, { code: 'ST1015', summary, help: 'Nothing acts on it yet.', range: { start, end: start } }]
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : []
}

/** The index of a step that waits for itself by way of others; null where none does. Takes as long as there are needs. */
function findCircle(steps: readonly Step[]): number | null {
  const names = new Set(steps.map(({ name }) => name))
  const open = steps.map(({ needs }) => new Set(needs.filter((needed) => names.has(needed))))
  const waiting = new Map<string, number[]>()
  for (const [index, needs] of open.entries()) {
    for (const needed of needs) {
      const others = waiting.get(needed)
      if (others === undefined) waiting.set(needed, [index])
      else others.push(index)
    }
  }
  const ready = steps.filter((_step, index) => open[index]?.size === 0).map(({ name }) => name)
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const index of waiting.get(next) ?? []) {
      const needs = open[index]
      const name = steps[index]?.name
      if (needs?.delete(next) === true && needs.size === 0 && name !== undefined) ready.push(name)
    }
  }
  const stuck = open.findIndex((needs) => needs.size > 0)
  return stuck === -1 ? null : stuck
}
