import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { create } from 'tar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inspectArchive, unpackArchive } from '../../src/artifacts/archive.ts'
import { paxOf, tarOf, type RawEntry } from './support/raw-tar.ts'

let folder: string
let inside: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-archive-'))
  inside = join(folder, 'inside')
  await mkdir(inside)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function pack(entries: readonly RawEntry[]): Promise<string> {
  const file = join(folder, 'archive.tar.gz')
  await writeFile(file, gzipSync(tarOf(entries)))
  return file
}

/** Every place that the kernel passes when it follows a link, as far as it would go: it gives up after 40 links. */
async function visited(link: string): Promise<readonly string[]> {
  const seen: string[] = []
  let here = '/'
  let ahead = link.split('/').filter((name) => name !== '')
  for (let links = 0; ahead.length > 0 && links < 40;) {
    const next = join(here, ahead[0] ?? '')
    ahead = ahead.slice(1)
    const target = await readlink(next).catch(() => null)
    if (target === null) here = next
    else {
      links += 1
      if (target.startsWith('/')) here = '/'
      ahead = [...target.split('/').filter((name) => name !== '' && name !== '.'), ...ahead]
    }
    if (links > 0) seen.push(here)
  }
  return seen
}

const LIMITS = { maxEntries: 100, maxBytes: 1024 * 1024 }

describe('an archive that is refused', () => {
  const link = (path: string, target: string): RawEntry => ({ path, type: '2', link: target })
  const hard = (path: string, target: string): RawEntry => ({ path, type: '1', link: target })
  const refused: readonly (readonly [reason: string, entries: readonly RawEntry[], named: string])[] = [
    ['a parent path', [{ path: '../evil' }], '../evil'],
    ['a parent path in the middle', [{ path: 'a/../../evil' }], 'a/../../evil'],
    ['a parent path that stays inside', [{ path: 'a/../b' }], 'a/../b'],
    ['an absolute path', [{ path: '/tmp/evil' }], '/tmp/evil'],
    ['a drive', [{ path: 'C:/evil' }], 'C:/evil'],
    ['a backslash', [{ path: '..\\evil' }], '..\\\\evil'],
    ['a NUL', [paxOf({ path: 'a\0b' }), { path: 'x' }], 'a\\u0000b'],
    ['an absolute path by pax', [paxOf({ path: '/tmp/evil' }), { path: 'x' }], '/tmp/evil'],
    ['a link out', [link('out', '../..')], 'out'],
    ['a link to an absolute path', [link('out', '/etc')], 'out'],
    ['a link out by pax', [paxOf({ linkpath: '/etc' }), link('out', 'x')], 'out'],
    ['a link with .. after a name', [link('d/e/up', '../..'), link('out', 'd/e/up/..')], 'out'],
    ['a link and a file below it', [link('dir', 'other'), { path: 'dir/file' }], 'dir/file'],
    ['a link and a file below it, in other case', [link('dir', 'other'), { path: 'DIR/file' }], 'DIR/file'],
    ['a link and a file in its place', [link('file', 'other'), { path: 'file' }], 'file'],
    ['a link in the place of a folder', [{ path: 'dir/file' }, link('dir', 'other')], 'dir'],
    ['a hard link out', [hard('out', '../secret')], 'out'],
    ['a hard link to an absolute path', [hard('out', '/etc/passwd')], 'out'],
    ['a hard link to nothing', [hard('out', 'later'), { path: 'later' }], 'out'],
    ['a hard link to a link', [{ path: 'a' }, link('b', 'a'), hard('c', 'b')], 'c'],
    ['a device', [{ path: 'dev', type: '3' }], 'dev'],
    ['a fifo', [{ path: 'pipe', type: '6' }], 'pipe'],
    ['a type that nobody knows', [{ path: 'what', type: 'Z' }], 'what'],
    ['a good entry before the bad one', [{ path: 'good', body: 'x' }, { path: '../evil' }], '../evil'],
  ]
  it.each(refused)('for %s', async (_reason, entries, named) => {
    const file = await pack(entries)
    const before = await readdir(folder, { recursive: true })
    const refusal = { code: 'archive_unsafe', message: expect.stringContaining(`"${named}"`) as string }
    await expect(inspectArchive(file)).rejects.toMatchObject(refusal)
    await expect(unpackArchive(file, join(inside, 'target'))).rejects.toMatchObject(refusal)
    expect(await readdir(folder, { recursive: true })).toEqual(before)
  })

  it('for too many entries', async () => {
    const file = await pack(Array.from({ length: 11 }, (_, index) => ({ path: `f${index}` })))
    const limits = { ...LIMITS, maxEntries: 10 }
    await expect(unpackArchive(file, join(inside, 'x'), limits)).rejects.toMatchObject({ code: 'archive_too_large' })
  })

  it('for a bomb, before it is written', async () => {
    const file = await pack([{ path: 'zeros', body: new Uint8Array(20 * 1024 * 1024) }])
    expect((await stat(file)).size).toBeLessThan(50_000)
    const refusal = { code: 'archive_too_large', message: expect.stringContaining('zeros') as string }
    await expect(unpackArchive(file, join(inside, 'x'), LIMITS)).rejects.toMatchObject(refusal)
    expect(await readdir(inside)).toEqual([])
  })

  it('for a header that lies about its size', async () => {
    const bytes = tarOf([{ path: 'zeros', body: 'x' }])
    const file = join(folder, 'lie.tar.gz')
    await writeFile(file, gzipSync(Buffer.concat([bytes.subarray(0, 512), new Uint8Array(20 * 1024 * 1024)])))
    await expect(inspectArchive(file, LIMITS)).rejects.toMatchObject({ code: 'archive_too_large' })
  })

  it('when it is no archive, or not whole', async () => {
    const whole = gzipSync(tarOf([{ path: 'a', body: Buffer.from(Array.from({ length: 9000 }, (_, n) => n * n)) }]))
    const broken = new Map<string, Uint8Array>([
      ['text', Buffer.from('not an archive')],
      ['empty', new Uint8Array()],
      ['gzip of text', gzipSync('not a tar')],
      ['gzip of nothing', gzipSync('')],
      ['plain tar', tarOf([{ path: 'a' }])],
      ['half', whole.subarray(0, whole.length / 2)],
      ['half a body', gzipSync(tarOf([{ path: 'a', body: 'x'.repeat(5000) }]).subarray(0, 2000))],
    ])
    for (const [name, bytes] of broken) {
      const file = join(folder, name)
      await writeFile(file, bytes)
      await expect(unpackArchive(file, join(inside, 'x')), name).rejects.toMatchObject({ code: 'archive_invalid' })
    }
    expect(await readdir(inside)).toEqual([])
  })
})

describe('an archive that is unpacked', () => {
  it('keeps files, folders, links inside and the right to execute', async () => {
    const source = join(folder, 'source')
    await mkdir(join(source, 'bin'), { recursive: true })
    await writeFile(join(source, 'bin', 'run'), 'run', { mode: 0o755 })
    await writeFile(join(source, 'data'), 'data')
    await symlink('bin/run', join(source, 'start'))
    await symlink('../data', join(source, 'bin', 'data'))
    const file = join(folder, 'good.tar.gz')
    await create({ gzip: true, file, cwd: source }, ['.'])
    const target = join(inside, 'target')
    const summary = await unpackArchive(file, target)
    expect(summary.entries).toBe(6)
    expect(await readFile(join(target, 'start'), 'utf8')).toBe('run')
    expect(await readFile(join(target, 'bin', 'data'), 'utf8')).toBe('data')
    expect(await readlink(join(target, 'start'))).toBe('bin/run')
    expect((await stat(join(target, 'bin', 'run'))).mode & 0o111).not.toBe(0)
    await expect(unpackArchive(file, target)).rejects.toMatchObject({ code: 'archive_target_exists' })
  })

  it('as the system tar packs it, hard links included', async () => {
    const source = join(folder, 'source')
    await mkdir(source)
    await writeFile(join(source, 'a'), 'a')
    execFileSync('ln', [join(source, 'a'), join(source, 'b')])
    await mkdir(join(source, 'n'.repeat(120)))
    await writeFile(join(source, 'n'.repeat(120), 'ünï'), 'deep')
    const file = join(folder, 'good.tgz')
    execFileSync('tar', ['-czf', file, '-C', source, '.'])
    const target = join(inside, 'target')
    await unpackArchive(file, target)
    expect(await readFile(join(target, 'b'), 'utf8')).toBe('a')
    expect(await readFile(join(target, 'n'.repeat(120), 'ünï'), 'utf8')).toBe('deep')
  })

  it('without the setuid bits and closed folders of the archive', async () => {
    const file = await pack([
      { path: 'dir/', type: '5', mode: 0o000 },
      { path: 'dir/su', body: 'x', mode: 0o6777 },
    ])
    const target = join(inside, 'target')
    await unpackArchive(file, target)
    expect((await stat(join(target, 'dir', 'su'))).mode & 0o7022).toBe(0)
  })

  it('never writes outside, whatever it holds', async () => {
    const name = fc.constantFrom('a', 'b', 'a/b', 'a/b/c', '.', './a', '..', '../x', 'a/../..', '/x', 'A', 'b/', 'a//b')
    const entry = fc.record({
      path: name,
      link: name,
      type: fc.constantFrom('0', '1', '2', '5'),
      body: fc.constant(''),
    })
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 6 }), async (entries) => {
        count += 1
        const raw = entries.map(({ link, type, ...rest }) => ({
          ...rest,
          type,
          ...('12'.includes(type) ? { link } : {}),
        }))
        const base = join(folder, `run${count}`)
        await mkdir(base)
        const file = await pack(raw)
        await unpackArchive(file, join(base, 'deep')).catch(() => {})
        const found = await readdir(base)
        expect(found.filter((path) => path !== 'deep')).toEqual([])
        // Not readdir: its recursive form follows links, also in circles.
        const links = execFileSync('find', [base, '-type', 'l', '-print0'], { encoding: 'utf8' }).split('\0')
        for (const link of links.filter((path) => path !== '')) {
          for (const seen of await visited(link)) expect(`${seen}/`.startsWith(`${base}/deep/`), seen).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
