import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Catalog, catalog, MODEL } from '../support/catalog-builder.ts'
import { entriesBelow } from '../../src/source/folders.ts'
import { bytesOf, pathsOf, ScratchRepository, textOf } from '../support/catalog-repository.ts'

const model = 'models/abc/claim/docs/model.yaml'

function scratch(given: Catalog = catalog()): { repository: ScratchRepository; first: string } {
  const repository = new ScratchRepository()
  repository.writeCatalog(given)
  return { repository, first: repository.commit('first') }
}

describe('a revision', () => {
  test('is read from the object database, not from the checkout', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    repository.write(model, 'description: Not committed.\n')
    repository.write('models/abc/claim/docs/versions/2.yaml', 'description: new\n')
    const snapshot = await repository.revision('HEAD')
    expect(snapshot).toMatchObject({
      revision: `main@sha1:${first}`,
      commit: first,
      root: 'models',
      tree: repository.git('rev-parse', 'HEAD:models'),
      committedAt: '2023-11-14T22:14:20.000Z',
      author: 'alice@example.com',
    })
    expect(await textOf(snapshot, model)).toBe('description: A model.\n')
    expect(pathsOf(snapshot)).toEqual([
      'models/_platform/runtimes/local.yaml',
      'models/abc/claim/docs/deployments/prod.yaml',
      model,
      'models/abc/claim/docs/versions/1.yaml',
    ])
  })

  test('that is a branch is not the tag of the same name', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    repository.git('tag', 'release')
    repository.write('models/x.txt', 'x')
    const second = repository.commit('second')
    repository.git('branch', 'release')
    const { source } = await repository.open()
    expect((await source.open({ kind: 'git', revision: 'release' })).revision).toBe(`release@sha1:${second}`)
    expect((await source.open({ kind: 'git', revision: 'refs/tags/release' })).commit).toBe(first)
    expect(await source.resolve('release')).toBe(second)
    expect(await source.resolve('nowhere')).toBeNull()
  })

  test('may be an annotated tag, an abbreviated id or a detached HEAD', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    repository.git('tag', '--annotate', 'v1', '--message', 'one')
    repository.write('models/x.txt', 'x')
    repository.commit('second')
    repository.git('checkout', '--quiet', first)
    expect((await repository.revision('v1')).revision).toBe(`v1@sha1:${first}`)
    expect((await repository.revision(first.slice(0, 10))).revision).toBe(`HEAD@sha1:${first}`)
    expect((await repository.revision('HEAD')).revision).toBe(`HEAD@sha1:${first}`)
    expect((await repository.revision('main')).commit).not.toBe(first)
    expect((await repository.revision('main~1')).commit).toBe(first)
  })

  test('is found where refs and objects are packed', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    repository.git('branch', 'feature-x')
    repository.git('pack-refs', '--all', '--prune')
    repository.git('gc', '--quiet', '--prune=now')
    expect(readdirSync(join(repository.folder, '.git/refs/heads'))).toEqual([])
    const snapshot = await repository.revision('feature-x')
    expect(snapshot.commit).toBe(first)
    expect(await textOf(snapshot, model)).toBe('description: A model.\n')
  })

  test.each(['', ' ', '-x', '--all', 'HEAD:models', 'main..main', '^{commit}', 'a\nb', 'HEAD\0', 'x'.repeat(50_000)])(
    'that is none is one error a user can mend: %j',
    async (revision) => {
      const { repository } = scratch()
      await using _ = repository
      await expect(repository.revision(revision)).rejects.toMatchObject({ code: 'revision_unknown', kind: 'user' })
    },
  )

  test('has the same tree as long as nothing below the root changes', async () => {
    const { repository } = scratch()
    await using _ = repository
    const before = await repository.revision('HEAD')
    repository.write('README.md', 'outside')
    repository.write('models-2/abc/x/model.yaml', 'owner: a\n')
    repository.commit('outside')
    const after = await repository.revision('HEAD')
    expect(after.commit).not.toBe(before.commit)
    expect(after.tree).toBe(before.tree)
    expect(pathsOf(after)).toEqual(pathsOf(before))
    repository.write(model, 'description: Changed.\n')
    repository.commit('inside')
    expect((await repository.revision('HEAD')).tree).not.toBe(before.tree)
  })

  test('keeps odd names, links and submodules as what they are', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    const odd = ['spa ce.yaml', 'quo"te.yaml', 'back\\slash.yaml', 'new\nline.yaml', 'tab\t.yaml', 'ü.yaml', '🦊.yaml']
    for (const name of odd) repository.write(`models/abc/${name}`, `owner: ${JSON.stringify(name)}\n`)
    repository.git('add', '--all')
    const blob = repository.git('rev-parse', `HEAD:${model}`)
    repository.git('update-index', '--add', '--cacheinfo', `120000,${blob},models/abc/link`)
    repository.git('update-index', '--add', '--cacheinfo', `160000,${first},models/abc/sub`)
    repository.git('commit', '--quiet', '--message', 'odd')
    const snapshot = await repository.revision('HEAD')
    for (const name of odd) {
      expect(await textOf(snapshot, `models/abc/${name}`)).toBe(`owner: ${JSON.stringify(name)}\n`)
    }
    const modes = new Map(entriesBelow(snapshot.folder).map(({ path, mode }) => [path, mode]))
    expect(modes.get('models/abc/link')).toBe('symlink')
    expect(modes.get('models/abc/sub')).toBe('submodule')
    expect(modes.get(model)).toBe('file')
  })

  test('with a root of several folders lists that folder only', async () => {
    const repository = new ScratchRepository()
    await using _ = repository
    repository.writeCatalog(catalog(), 'ml/catalog')
    repository.write('ml/other/x.yaml', 'a: 1\n')
    repository.commit()
    const { source } = await repository.open(repository.folder, 'ml/catalog')
    const snapshot = await source.open({ kind: 'git', revision: 'HEAD' })
    expect(pathsOf(snapshot).every((path) => path.startsWith('ml/catalog/'))).toBe(true)
    expect(snapshot.tree).toBe(repository.git('rev-parse', 'HEAD:ml/catalog'))
  })

  test('with more documents than one batch reads them all', async () => {
    const many = Array.from({ length: 450 }, (_, index) => index + 1)
    const { repository } = scratch(
      many.reduce((all, n) => all.version(MODEL, n, `description: version ${n}\n`), catalog()),
    )
    await using _ = repository
    const snapshot = await repository.revision('HEAD')
    const texts = [...(await bytesOf(snapshot)).values()].map((bytes) => new TextDecoder().decode(bytes))
    expect(many.every((n) => texts.includes(`description: version ${n}\n`))).toBe(true)
  })
})

describe('where there is nothing to read', () => {
  const errors: readonly (readonly [string, (repository: ScratchRepository) => void, object])[] = [
    [
      'a repository without commit',
      () => undefined,
      { code: 'revision_unknown', message: 'the repository has no commit' },
    ],
    ['a commit without the root', (repository) => repository.commit(), { code: 'root_missing' }],
    [
      'a root that is a file',
      (repository) => {
        repository.write('models', 'a file')
        repository.commit()
      },
      { code: 'root_missing' },
    ],
  ]
  test.each(errors)('%s is an error with a hint', async (_reason, arrange, expected) => {
    const repository = new ScratchRepository()
    await using _ = repository
    arrange(repository)
    await expect(repository.revision('HEAD')).rejects.toMatchObject({
      ...expected,
      kind: 'user',
      hint: expect.any(String) as string,
    })
  })

  test('a folder outside of any repository, or none, is an error with a hint', async () => {
    const repository = new ScratchRepository()
    await using _ = repository
    for (const folder of ['/', repository.beside('none')]) {
      await expect(repository.open(folder)).rejects.toMatchObject({ code: 'repository_missing', kind: 'user' })
    }
  })

  test.each([model, 'models/abc'])('a lost object (%s) is a failure, not an empty catalog', async (path) => {
    const { repository } = scratch()
    await using _ = repository
    const oid = repository.git('rev-parse', `HEAD:${path}`)
    const file = join(repository.folder, '.git/objects', oid.slice(0, 2), oid.slice(2))
    for (const damage of [() => (rmSync(file), writeFileSync(file, 'junk')), () => rmSync(file)]) {
      damage()
      const reading = repository.revision('HEAD').then(bytesOf)
      await expect(reading).rejects.toMatchObject({ code: 'git_object_missing', kind: 'environment', retry: 'backoff' })
    }
  })
})
