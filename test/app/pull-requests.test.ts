import { describe, expect, it } from 'vitest'
import { repositoryOf } from '../../src/app/pull-requests/connect.ts'
import { changedModels } from '../../src/app/pull-requests/merged-plans.ts'
import { branchOf } from '../../src/app/pull-requests/propose.ts'
import { rejectionsOf } from '../../src/app/pull-requests/rejections.ts'
import type { ModelId } from '../../src/domain/names.ts'
import type { PullRequest } from '../../src/github/pull-requests.ts'

describe('the repository on GitHub, from an address of Git’s', () => {
  it.each([
    ['https://github.com/abc/models.git', 'github.com abc models'],
    ['https://user:secret@github.example.com/abc/models', 'github.example.com abc models'],
    ['https://github.com:8443/abc/models/', 'github.com abc models'],
    ['git@github.com:abc/models.git', 'github.com abc models'],
    ['ssh://git@github.com/abc/models.git', 'github.com abc models'],
    ['ssh://git@github.com:22/abc/models.git', 'github.com abc models'],
    ['/srv/models.git', null],
    ['file:///srv/abc/models.git', null],
    ['https://github.com/models.git', null],
  ])('%s', (url, expected) => {
    const found = repositoryOf(url)
    expect(found === null ? null : `${found.host} ${found.owner} ${found.repo}`).toBe(expected)
  })
})

describe('the models that paths belong to', () => {
  const models = new Set(['/a/b', '/a/b-c', '/a/d/e'] as ModelId[])

  it.each([
    ['models/a/b/model.yaml', ['/a/b']],
    ['models/a/b/versions/1.yaml', ['/a/b']],
    ['models/a/b-c/deployments/prod.yaml', ['/a/b-c']],
    ['models/a/namespace.yaml', []],
    ['models/_platform/settings.yaml', []],
    ['models/a/d/e/model.yaml', ['/a/d/e']],
  ])('%s', (path, expected) => {
    expect(changedModels([path], 'models', models)).toEqual(expected)
  })
})

describe('a rejection', () => {
  const body = '<!-- steward:proposal {"v":1,"model":"/a/b","stage":"prod","version":3} -->\nText'
  const pull: PullRequest = {
    ...{ number: 7, url: 'https://github.com/a/b/pull/7', state: 'closed', merged: false, head: 'h', base: 'b', body },
    ...{ headBranch: branchOf('/a/b' as ModelId, 'prod'), baseBranch: 'main', mergeCommit: null, own: true },
    closedAt: '2026-11-28T10:00:00Z',
  }

  it('is a proposal of ours that was closed without a merge', () => {
    expect(rejectionsOf([pull])).toEqual([
      { model: '/a/b', stage: 'prod', version: 3, evidence: pull.url, at: '2026-11-28T10:00:00Z' },
    ])
  })

  it.each<[string, Partial<PullRequest>]>([
    ['it was merged', { merged: true }],
    ['it comes from a fork', { own: false }],
    ['its branch is another one', { headBranch: 'feature' }],
    ['its branch is that of another stage', { headBranch: branchOf('/a/b' as ModelId, 'test') }],
    ['its text is a person’s', { body: 'Closed by me' }],
    ['its line is no JSON', { body: '<!-- steward:proposal {"v":1,} -->' }],
    ['its model is none', { body: body.replace('"/a/b"', '"../x"') }],
  ])('is none where %s', (_why, change) => {
    expect(rejectionsOf([{ ...pull, ...change }])).toEqual([])
  })
})
