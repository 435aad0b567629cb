import { expect, test } from 'vitest'
import { commitOf } from '../../src/domain/revisions.ts'

test.each([
  ['main@sha1:0123abcd', '0123abcd'],
  ['a@b@sha256:0123abcd', '0123abcd'],
  // Its name is that of files, not of a commit.
  ['worktree@sha256:0123abcd', ''],
  [null, ''],
  [undefined, ''],
])('the commit of %s is %j', (revision, commit) => {
  expect(commitOf(revision)).toBe(commit)
})
