import { Header } from 'tar'

const BLOCK = 512
const RECORD = 20 * BLOCK
// Not 1970: GNU tar warns of an implausibly old time stamp.
const TIME = new Date('2026-01-01T00:00:00.000Z')

/** The path inside the archive and the text of each file. */
export type ArchiveFiles = ReadonlyMap<string, string>

/** A ustar archive whose bytes depend on names and contents only: sorted, root-owned, mode 644, one time. */
export function tarOf(files: ArchiveFiles): Buffer {
  const names = [...files.keys()].toSorted((left, right) => (left < right ? -1 : 1))
  const parts = names.flatMap((name) => {
    const content = Buffer.from(files.get(name) ?? '', 'utf8')
    return [headerOf(name, content.length), content, Buffer.alloc(missingTo(BLOCK, content.length))]
  })
  const entries = Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
  return Buffer.concat([entries, Buffer.alloc(missingTo(RECORD, entries.length))])
}

function headerOf(name: string, size: number): Buffer {
  const header = new Header({ path: name, type: 'File', size, mode: 0o644, uid: 0, gid: 0, mtime: TIME })
  const block = Buffer.alloc(BLOCK)
  if (header.encode(block)) throw new Error(`${name} needs an extended header, which this writer does not make`)
  return block
}

function missingTo(unit: number, length: number): number {
  return (unit - (length % unit)) % unit
}
