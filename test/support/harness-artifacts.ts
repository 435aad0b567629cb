import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tarOf } from '../../src/artifacts/deterministic-tar.ts'
import { storedGzip } from '../../src/artifacts/stored-gzip.ts'

/** Archives of versions in a folder, for runs that check the bytes. */
export class HarnessArtifacts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'steward-harness-'))

  get base(): string {
    return pathToFileURL(this.#folder).href
  }

  /** Writes the archives that the versions `1 … count` name, and removes all at the end. */
  write(count: number): void {
    for (let number = 1; number <= count; number += 1) {
      const file = join(this.#folder, keyOf(number))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, archiveOf(number))
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The document of a version whose archive `HarnessArtifacts` writes. */
export function archivedVersion(number: number): object {
  const bytes = archiveOf(number)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    artifacts: [{ name: 'trained', uri: keyOf(number), sha256, size: bytes.length }],
    serving: { command: ['node', 'serve.mjs'] },
  }
}

function keyOf(number: number): string {
  return `docs/${number}.tar.gz`
}

function archiveOf(number: number): Buffer {
  return storedGzip(tarOf(new Map([['serve.mjs', `// version ${number}\n`]])))
}
