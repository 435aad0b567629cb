import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalog } from '../support/catalog-builder.ts'
import { entriesBelow } from '../../src/source/folders.ts'
import { bytesOf, pathsOf, ScratchRepository, textOf } from '../support/catalog-repository.ts'

const model = 'models/abc/claim/docs/model.yaml'
const version = 'models/abc/claim/docs/versions/1.yaml'

function scratch(): ScratchRepository {
  const repository = new ScratchRepository()
  repository.writeCatalog(catalog())
  repository.commit()
  return repository
}

describe('the work tree', () => {
  test('holds what is tracked and what is untracked, not what is ignored or deleted', async () => {
    await using repository = scratch()
    repository.write('.gitignore', 'ignored.yaml\n')
    repository.write('models/abc/claim/docs/versions/ignored.yaml', 'a: 1\n')
    repository.write('models/abc/claim/docs/versions/2.yaml', 'description: untracked\n')
    repository.write(model, 'description: edited\n')
    rmSync(join(repository.folder, version))
    const snapshot = await repository.worktree()
    expect(pathsOf(snapshot)).toEqual([
      'models/_platform/runtimes/local.yaml',
      'models/abc/claim/docs/deployments/prod.yaml',
      model,
      'models/abc/claim/docs/versions/2.yaml',
    ])
    expect(await textOf(snapshot, model)).toBe('description: edited\n')
    expect(snapshot).toMatchObject({ commit: null, committedAt: null, author: null })
  })

  test('has a revision that names its documents and nothing else', async () => {
    await using repository = scratch()
    const { revision, tree } = await repository.worktree()
    expect(revision).toMatch(/^worktree@sha256:[0-9a-f]{64}$/)
    const same = async () => (await repository.worktree()).revision === revision
    utimesSync(join(repository.folder, model), 1, 1)
    repository.write('README.md', 'outside')
    repository.write('models/README.md', 'no document')
    repository.git('add', '--all')
    expect(await same()).toBe(true)
    repository.write(model, 'description: edited\n')
    const edited = await repository.worktree()
    expect(edited.revision).not.toBe(revision)
    expect(edited.tree).not.toBe(tree)
    repository.write(model, 'description: A model.\n')
    expect(await same()).toBe(true)
    renameSync(join(repository.folder, version), join(repository.folder, version.replace('1.yaml', '2.yaml')))
    expect(await same()).toBe(false)
  })

  test('shows links and repositories inside it as what they are, and follows none', async () => {
    await using repository = scratch()
    symlinkSync('/etc/passwd', join(repository.folder, 'models/abc/claim/docs/versions/2.yaml'))
    symlinkSync('docs', join(repository.folder, 'models/abc/claim/link'))
    const inner = join(repository.folder, 'models/abc/inner')
    mkdirSync(inner)
    repository.gitIn(inner, 'init', '--quiet')
    writeFileSync(join(inner, 'model.yaml'), 'owner: a\n')
    repository.gitIn(inner, 'add', '--all')
    repository.gitIn(inner, 'commit', '--quiet', '--message', 'inner')
    const snapshot = await repository.worktree()
    const odd = entriesBelow(snapshot.folder)
      .filter(({ mode }) => mode !== 'file')
      .map(({ path, mode }) => `${mode} ${path}`)
    expect(odd).toEqual([
      'symlink models/abc/claim/docs/versions/2.yaml',
      'symlink models/abc/claim/link',
      'submodule models/abc/inner',
    ])
    expect(await textOf(snapshot, 'models/abc/claim/docs/versions/2.yaml')).toBe('')
  })

  test.each([
    ['told to git or not', ''],
    ['ignored', 'models/abc\n'],
  ])(
    'reads nothing behind a link in place of a folder, although the index has its files: %s',
    async (_reason, ignore) => {
      await using repository = scratch()
      await using elsewhere = scratch()
      repository.write('.gitignore', ignore)
      rmSync(join(repository.folder, 'models/abc'), { recursive: true })
      symlinkSync(join(elsewhere.folder, 'models/abc'), join(repository.folder, 'models/abc'))
      const snapshot = await repository.worktree()
      expect(entriesBelow(snapshot.folder).map(({ path, mode }) => `${mode} ${path}`)).toEqual([
        'file models/_platform/runtimes/local.yaml',
        'symlink models/abc',
      ])
    },
  )

  test('is read from anywhere inside it', async () => {
    await using repository = scratch()
    const below = await repository.worktree(join(repository.folder, 'models/abc/claim'))
    expect(pathsOf(below)).toEqual(pathsOf(await repository.worktree()))
  })

  test('without a commit is read all the same', async () => {
    await using repository = new ScratchRepository()
    repository.writeCatalog(catalog())
    expect(pathsOf(await repository.worktree())).toContain(model)
  })

  test('with an unfinished merge lists a file once', async () => {
    await using repository = scratch()
    repository.git('checkout', '--quiet', '-b', 'side')
    repository.write(model, 'description: side\n')
    repository.commit()
    repository.git('checkout', '--quiet', 'main')
    repository.write(model, 'description: main\n')
    repository.commit()
    expect(() => repository.git('merge', '--quiet', 'side')).toThrow()
    expect(pathsOf(await repository.worktree()).filter((path) => path === model)).toHaveLength(1)
  })

  test('is not held up by a pipe, and does not load a huge file', async () => {
    await using repository = scratch()
    rmSync(join(repository.folder, model))
    execFileSync('mkfifo', [join(repository.folder, model)])
    const huge = openSync(join(repository.folder, version), 'w')
    ftruncateSync(huge, 5_000_000_000)
    closeSync(huge)
    const snapshot = await repository.worktree()
    const read = await bytesOf(snapshot)
    const sizeOf = (path: string) => read.get(path)?.length
    expect(sizeOf(model)).toBe(0)
    expect(sizeOf(version)).toBeGreaterThan(1024 * 1024)
    expect(sizeOf(version)).toBeLessThan(10 * 1024 * 1024)
  })
})

describe('a root that is none', () => {
  const arrange: readonly (readonly [string, string, (repository: ScratchRepository) => void])[] = [
    ['missing', 'nowhere', () => undefined],
    ['emptied', 'models', ({ folder }) => rmSync(join(folder, 'models'), { recursive: true })],
    ['a file', 'README.md', (repository) => repository.write('README.md', 'x')],
    ['a pattern', 'mod*', () => undefined],
    ['a pattern with magic', ':(glob)mod*', () => undefined],
    [
      'a link',
      'models',
      (repository) => {
        repository.git('mv', 'models', 'real')
        symlinkSync('real', join(repository.folder, 'models'))
        repository.git('add', '--all')
      },
    ],
  ]
  test.each(arrange)('%s is an error with a hint, not an empty catalog', async (_reason, root, prepare) => {
    await using repository = scratch()
    prepare(repository)
    await expect(repository.worktree(repository.folder, root)).rejects.toMatchObject({
      code: 'root_missing',
      kind: 'user',
      hint: expect.stringContaining('--root') as string,
    })
  })
})
