import { StewardError } from '../domain/errors.ts'

/** The catalog's folder, relative to the repository's root, without dots and slashes around it. Throws where it is outside. */
export function catalogRoot(given: string): string {
  const segments = given.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.length > 0 && !segments.includes('..')) return segments.join('/')
  throw new StewardError(`root ${given} is no folder of the repository`, {
    code: 'usage',
    kind: 'user',
    hint: 'Name the folder of the catalog in the repository, such as models.',
  })
}
