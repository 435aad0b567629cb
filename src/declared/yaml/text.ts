import { isUtf8 } from 'node:buffer'
import type { DiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { firstLine, type Range } from '../../domain/diagnostics.ts'
import type { Fault } from '../fault.ts'
import { limits } from './limits.ts'

export interface DecodedDocument {
  /** Without a byte order mark; null where an error stands in the faults. */
  readonly text: string | null
  readonly faults: readonly Fault[]
}

const LFS_POINTER = 'version https://git-lfs.github.com/spec/'
const LONE_RETURN = /\r(?!\n)/

/** From bytes to text, with everything that is wrong before YAML begins. */
export function decodeDocument(bytes: Uint8Array): DecodedDocument {
  if (bytes.length > limits.bytes) {
    const summary = `the file has ${bytes.length} bytes; the limit is ${limits.bytes}`
    return failed('ST1006', summary, 'Make it smaller.')
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!isUtf8(buffer) || isWide(buffer)) return wrongEncoding(buffer)
  const marked = buffer.length >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf
  const text = buffer.toString('utf8', marked ? 3 : 0)
  if (text.startsWith(LFS_POINTER)) {
    const summary = 'the file is a Git LFS pointer, not the document'
    return failed('ST1016', summary, 'Take it out of LFS: `git lfs untrack`, then commit the file itself.')
  }
  const lone = LONE_RETURN.exec(text)
  if (lone !== null) {
    const line = lineRange(text.slice(0, lone.index).split('\n').length)
    return failed('ST1019', 'a line ends in a carriage return alone', 'Save it with line ends LF or CRLF.', line)
  }
  return { text, faults: marked ? [byteOrderMark] : [] }
}

const byteOrderMark: Fault = {
  code: 'ST1018',
  summary: 'the file begins with a byte order mark',
  help: 'Save it as UTF-8 without one: some tools take it for a part of the first key.',
  range: firstLine,
}

/** UTF-16 by its mark, or by the zeros beside every plain character. */
function isWide(buffer: Buffer): boolean {
  const [first, second] = buffer
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return marked || (buffer.length > 1 && (first === 0) !== (second === 0))
}

function wrongEncoding(buffer: Buffer): DecodedDocument {
  if (isWide(buffer)) return failed('ST1005', 'the file is UTF-16', 'Save it as UTF-8.')
  let line = 1
  for (let from = 0, to = 0; to !== -1; from = to + 1, line += 1) {
    to = buffer.indexOf(10, from)
    if (!isUtf8(buffer.subarray(from, to === -1 ? buffer.length : to))) break
  }
  return failed('ST1005', 'the file is not UTF-8', 'Save it as UTF-8.', lineRange(line))
}

function lineRange(line: number): Range {
  return { start: { line, column: 1 }, end: { line, column: 1 } }
}

function failed(code: DiagnosticCode, summary: string, help: string, range = firstLine): DecodedDocument {
  return { text: null, faults: [{ code, summary, help, range }] }
}
