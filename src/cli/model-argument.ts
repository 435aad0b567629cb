import { namePattern, parseModelReference, type ModelId, type ModelReference } from '../domain/names.ts'
import { isDay } from '../domain/days.ts'
import type { Options } from './command.ts'
import { usageError } from './parse.ts'

const form =
  'Write it like abc_corp/claim/doc_classification: lower-case letters, digits, _ and -, in at least one namespace.'

/** MODEL or MODEL@N. */
export function modelReference(text: string | undefined): ModelReference {
  const reference = parseModelReference(text ?? '')
  if (reference !== null) return reference
  const [, model, version] = /^(.+)@(.*)$/.exec(text ?? '') ?? []
  if (model !== undefined && parseModelReference(model) !== null) {
    const digits = /\d+/.exec(version ?? '')?.[0] ?? '3'
    throw usageError(`${JSON.stringify(version)} is no version number`, `Write ${model}@${Number(digits)}.`)
  }
  throw usageError(`${JSON.stringify(text)} is no model`, form)
}

/** MODEL, without a version. */
export function modelArgument(text: string | undefined): ModelId {
  const { model, version } = modelReference(text)
  if (version === null) return model
  throw usageError(`${JSON.stringify(text)} names a version`, 'Leave out @ and the number.')
}

/** MODEL@N. */
export function versionArgument(text: string | undefined): { readonly model: ModelId; readonly version: number } {
  const { model, version } = modelReference(text)
  if (version !== null) return { model, version }
  throw usageError(`${JSON.stringify(text)} names no version`, `Write ${model.slice(1)}@3 for version 3.`)
}

/** The value of an option that a command can not do without. */
export function neededOption(options: Options, name: string, example: string): string {
  const value = options.text(name)
  if (value !== undefined && value !== '') return value
  throw usageError(`--${name} is missing`, `Write for instance --${name} ${example}.`)
}

export function stageOption(options: Options, name: string): string {
  const stage = neededOption(options, name, 'prod')
  if (namePattern.test(stage)) return stage
  throw usageError(`${stage} is no stage`, 'Use lower-case letters, digits, _ and -.')
}

/** A day, `YYYY-MM-DD`; undefined where the option is not given. */
export function dayOption(options: Options, name: string): string | undefined {
  const text = options.text(name)
  if (text === undefined) return undefined
  if (isDay(text)) return text
  throw usageError(`--${name} ${text} is no day`, 'Write it as 2026-12-31.')
}
