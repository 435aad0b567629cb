import { readContent } from '../../src/declared/compile-document.ts'
import { editYaml } from '../../src/declared/edits/edit-yaml.ts'
import { LONGEST_MS, workedMs } from './check-document.ts'
import { hostileDocuments } from './hostile-documents.ts'

export interface HostileReport {
  readonly name: string
  readonly slowestMs: number
  readonly findings: readonly string[]
}

export const hostileCount = (): number => hostileDocuments().length

/** Reads and edits one hostile document; a process of its own shows how much memory that takes. */
export function readHostile(index: number): HostileReport {
  const document = hostileDocuments()[index]
  if (document === undefined) throw new Error(`there is no hostile document ${index}`)
  const { name, kind = 'Model' } = document
  const text = document.text()
  const bytes = Buffer.from(text)
  const findings: string[] = []
  const timed = (what: string, run: () => unknown): number => {
    const began = workedMs()
    try {
      run()
    } catch (error) {
      findings.push(`${what}, it was thrown: ${error instanceof Error ? (error.stack ?? '') : String(error)}`)
    }
    const milliseconds = workedMs() - began
    if (milliseconds > LONGEST_MS) findings.push(`${what}, it took ${milliseconds.toFixed(0)} ms`)
    return milliseconds
  }
  const times = [
    timed('read', () => readContent(kind, bytes)),
    timed('edited', () => editYaml(text, [{ kind: 'set', path: ['owner'], value: 'bob' }])),
  ]
  return { name, slowestMs: Math.max(...times), findings }
}
