import { codeEntry, diagnosticCodes, isDiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { exitCodes, type PlainCommand } from '../command.ts'
import { usageError } from '../parse.ts'

const codes = Object.keys(diagnosticCodes).filter(isDiagnosticCode)

export const explain: PlainCommand = {
  name: 'explain',
  summary: 'says what a diagnostic code means and what to do',
  arguments: ['[CODE]'],
  options: [],
  detail: 'Without CODE it lists all of them.',
  examples: ['steward explain ST1201', 'steward explain', 'steward explain ST1209 --json'],
  async answer({ arguments: [text], io }) {
    if (text === undefined) {
      const all = codes.map((code) => ({ code, ...codeEntry(code) }))
      if (io.json) io.out(JSON.stringify({ format: 'steward.explain/v1', codes: all }))
      else for (const { code, severity, summary } of all) io.out(`${code}  ${severity.padEnd(7)}  ${summary}`)
      return exitCodes.done
    }
    const code = /^\d+$/.test(text) ? `ST${text}` : text.toUpperCase()
    if (!isDiagnosticCode(code)) {
      const nearest = nearestName(code, codes)
      const hint = `${nearest === null ? '' : `The nearest is ${nearest}. `}\`steward explain\` lists all.`
      throw usageError(`there is no code ${text}`, hint)
    }
    const { severity, summary, help, detail } = codeEntry(code)
    if (io.json) io.out(JSON.stringify({ format: 'steward.explain/v1', codes: [{ code, ...codeEntry(code) }] }))
    else {
      const effect =
        severity === 'error'
          ? 'An error: the model that it stands in is left as it is until it is mended.'
          : 'A warning: nothing is blocked; `severities` in the settings may silence or raise it.'
      const paragraphs = [
        `${code}: ${summary}`,
        ...(detail === undefined ? [] : [detail]),
        `What to do: ${help}`,
        effect,
      ]
      io.out(paragraphs.map((paragraph) => wrapped(paragraph)).join('\n\n'))
    }
    return exitCodes.done
  },
}

function wrapped(text: string, width = 100): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}
