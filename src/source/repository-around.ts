import { lstat, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * The nearest folder, from this one upwards, that has a `.git`; null where there is none. The folder itself need not
 * exist. Git is not asked: a shell waits for completion, and `init` must say so before there is a repository.
 */
export async function repositoryAround(folder: string): Promise<string | null> {
  const above = dirname(folder) === folder ? null : dirname(folder)
  const real = await realpath(folder).catch(() => null)
  if (real === null) return above === null ? null : repositoryAround(above)
  if ((await lstat(join(real, '.git')).catch(() => null)) !== null) return real
  return dirname(real) === real ? null : repositoryAround(dirname(real))
}
