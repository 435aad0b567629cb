import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalog } from '../support/catalog-builder.ts'
import { pathsOf, ScratchRepository, textOf } from '../support/catalog-repository.ts'

const model = 'models/abc/claim/docs/model.yaml'

function scratch(): { repository: ScratchRepository; first: string } {
  const repository = new ScratchRepository()
  repository.writeCatalog(catalog())
  return { repository, first: repository.commit('first') }
}

describe('the long-lived reader', () => {
  test('sees commits, branches and packs that are made after it started', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    const { source } = await repository.open()
    expect(await source.resolve('main')).toBe(first)
    repository.write(model, 'description: Later.\n')
    const second = repository.commit('second')
    expect(await source.resolve('main')).toBe(second)
    expect(await textOf(await source.open({ kind: 'git', revision: 'main' }), model)).toBe('description: Later.\n')
    repository.git('gc', '--quiet', '--prune=now')
    repository.git('branch', 'late', first)
    expect(await textOf(await source.open({ kind: 'git', revision: 'late' }), model)).toBe('description: A model.\n')
  })

  test('answers many questions at once, each with its own object', async () => {
    const { repository } = scratch()
    await using _ = repository
    const { source } = await repository.open()
    const asked = ['main', 'nowhere', 'HEAD', 'main^{tree}', 'main~5']
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => asked)
        .flat()
        .map((name) => source.resolve(name)),
    )
    const head = repository.git('rev-parse', 'HEAD')
    expect(answers.slice(0, 5)).toEqual([head, null, head, null, null])
    expect(answers).toEqual(Array.from({ length: 40 }, () => answers.slice(0, 5)).flat())
  })

  test('starts again after it was closed', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    const { source } = await repository.open()
    expect(await source.resolve('main')).toBe(first)
    await source.close()
    await source.close()
    expect(await source.resolve('main')).toBe(first)
  })
})

describe('kinds of repositories', () => {
  test('a bare one is read by revision; it has no work tree', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    const bare = repository.beside('bare.git')
    repository.git('clone', '--quiet', '--bare', repository.folder, bare)
    expect((await repository.revision('main', bare)).commit).toBe(first)
    await expect(repository.worktree(bare)).rejects.toMatchObject({ code: 'worktree_missing', kind: 'user' })
  })

  test('a linked work tree has its own HEAD and its own files', async () => {
    const { repository, first } = scratch()
    await using _ = repository
    const linked = repository.beside('linked')
    repository.git('worktree', 'add', '--quiet', '-b', 'side', linked)
    repository.write('models/x.txt', 'x')
    repository.commit('on main')
    expect((await repository.revision('HEAD', linked)).revision).toBe(`side@sha1:${first}`)
    expect(pathsOf(await repository.worktree(linked))).not.toContain('models/x.txt')
    expect((await repository.open(join(linked, 'models/abc'))).top).toBe(linked)
  })

  test('a shallow clone is read', async () => {
    const { repository } = scratch()
    await using _ = repository
    repository.write(model, 'description: Later.\n')
    const second = repository.commit('second')
    const shallow = repository.beside('shallow')
    repository.git('clone', '--quiet', '--depth', '1', `file://${repository.folder}`, shallow)
    const snapshot = await repository.revision('HEAD', shallow)
    expect(snapshot.commit).toBe(second)
    expect(await textOf(snapshot, model)).toBe('description: Later.\n')
  })

  test('one with SHA-256 object names says so in the revision', async () => {
    const repository = new ScratchRepository({ init: ['--object-format=sha256'] })
    await using _ = repository
    repository.writeCatalog(catalog())
    const commit = repository.commit()
    const snapshot = await repository.revision('HEAD')
    expect(snapshot.revision).toBe(`main@sha256:${commit}`)
    expect(commit).toHaveLength(64)
    expect(await textOf(snapshot, model)).toBe('description: A model.\n')
  })

  test('one in a folder with an odd name', async () => {
    const repository = new ScratchRepository({ name: ' a "b" ü ' })
    await using _ = repository
    repository.writeCatalog(catalog())
    repository.commit()
    expect((await repository.open()).top).toBe(repository.folder)
    expect(pathsOf(await repository.worktree())).toEqual(pathsOf(await repository.revision('HEAD')))
  })
})
