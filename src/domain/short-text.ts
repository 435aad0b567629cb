import { errorMessage } from './errors.ts'
import { maskTokens } from './secret-tokens.ts'

/** The first line of an error, without secrets: some of AWS show the signed request, with its token, further below. */
export function shortText(error: unknown): string {
  const [line = ''] = errorMessage(error).split('\n')
  return maskTokens(line.length > 300 ? `${line.slice(0, 300)}…` : line)
}
