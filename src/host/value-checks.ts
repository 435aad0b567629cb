import { isJsonObject, type JsonObject } from '../domain/json.ts'
import { invalid } from './refusal.ts'

export function objectAt(value: unknown, where: string, fields: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw invalid(`${where} must be an object`)
  for (const field of Object.keys(value)) {
    if (!fields.includes(field)) {
      throw invalid(`${where} has the unknown field ${JSON.stringify(field)}; known are ${fields.join(', ')}`)
    }
  }
  return value
}

export function listAt(value: unknown, where: string, longest: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${where} must be a list`)
  if (value.length > longest) throw invalid(`${where} has ${value.length} entries, at most ${longest} are allowed`)
  return value
}

export function textAt(value: unknown, where: string): string {
  if (typeof value !== 'string') throw invalid(`${where} must be a string`)
  if (value.includes('\0')) throw invalid(`${where} must not hold a NUL character`)
  return value
}

export function integerAt(value: unknown, where: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw invalid(`${where} must be a whole number from ${least} to ${most}`)
  }
  return value
}

export function refuseTwice(names: readonly string[], where: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw invalid(`${where} has ${JSON.stringify(twice)} twice`)
}
