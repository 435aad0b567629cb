import type { Connection } from './connection.ts'
import { isRefused, statusOf } from './connection.ts'
import { readComment, type PlanComment } from './plan-comment.ts'

/** A plan's comment where it stands. */
export interface StandingComment {
  readonly id: number
  readonly pull: number
  readonly url: string
  readonly body: string
  readonly author: string
  readonly comment: PlanComment
}

const PAGE = 100
/** Pages of comments that are read of one pull request. */
const MAX_PAGES = 30
const TRIES = 3

interface RawComment {
  readonly id: number
  readonly body?: string | undefined
  readonly html_url: string
  readonly issue_url: string
  readonly user: { readonly login: string; readonly type: string } | null
}

/**
 * The comments of plans. A comment is ours if it begins with our line of JSON and was written by a bot (an App, or the
 * workflow's token) or by the account that we ask as: anybody may write the line.
 */
export class PlanComments {
  readonly #connection: Connection
  readonly #root: string
  readonly #pauseMs: number
  #login: Promise<string | null> | null = null

  constructor(connection: Connection, root: string, pauseMs = 2_000) {
    this.#connection = connection
    this.#root = root
    this.#pauseMs = pauseMs
  }

  /** The comments of this catalog in a pull request, the oldest first. */
  async of(pull: number): Promise<readonly StandingComment[]> {
    const found: StandingComment[] = []
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { data } = await this.#connection.call(`the comments of #${pull}`, ({ issues }, place) =>
        issues.listComments({ ...place, issue_number: pull, per_page: PAGE, page }),
      )
      found.push(...(await this.#ours(data)))
      if (data.length < PAGE) break
    }
    return found
  }

  /** The newest comments of this catalog in the whole repository: those of many pull requests by one request. */
  async newest(): Promise<readonly StandingComment[]> {
    const { data } = await this.#connection.call('the newest comments', ({ issues }, place) =>
      issues.listCommentsForRepo({ ...place, sort: 'updated', direction: 'desc', per_page: PAGE }),
    )
    return this.#ours(data)
  }

  /** Writes the one comment: edits what is there, removes a double, creates what is missing. Equal text writes nothing. */
  async put(pull: number, body: string, standing: readonly StandingComment[]): Promise<'written' | 'unchanged'> {
    const [kept, ...others] = standing
    // What another App has written is its own.
    for (const double of others.filter(({ author }) => author === kept?.author)) await this.#delete(double)
    if (kept === undefined) return this.#create(pull, body)
    if (kept.body === body) return 'unchanged'
    await this.edit(kept, body)
    return 'written'
  }

  async edit({ id, pull }: StandingComment, body: string): Promise<void> {
    await this.#connection.call(`the comment of #${pull}`, ({ issues }, place) =>
      issues.updateComment({ ...place, comment_id: id, body }),
    )
  }

  /** A lost answer may hide that it was written: before another try it is looked for. */
  async #create(pull: number, body: string): Promise<'written'> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#connection.call(`a comment on #${pull}`, ({ issues }, place) =>
          issues.createComment({ ...place, issue_number: pull, body, request: { retries: 0 } }),
        )
        return 'written'
      } catch (error) {
        const status = statusOf(error)
        if (tries >= TRIES || (status !== null && status < 500)) throw error
        await new Promise((resolve) => setTimeout(resolve, this.#pauseMs * tries))
        const [found] = await this.of(pull)
        if (found === undefined) continue
        if (found.body !== body) await this.edit(found, body)
        return 'written'
      }
    }
  }

  async #delete({ id, pull }: StandingComment): Promise<void> {
    await this.#connection.call(`a second comment of #${pull}`, ({ issues }, place) =>
      issues.deleteComment({ ...place, comment_id: id }),
    )
  }

  async #ours(comments: readonly RawComment[]): Promise<StandingComment[]> {
    const found: StandingComment[] = []
    for (const { id, body = '', html_url: url, issue_url: issue, user } of comments) {
      const comment = readComment(body)
      if (comment === null || comment.root !== this.#root || user === null) continue
      if (user.type !== 'Bot' && user.login !== (await this.#ownLogin())) continue
      const pull = Number(issue.split('/').at(-1))
      found.push({ id, pull, url, body: body.replaceAll('\r\n', '\n'), author: user.login, comment })
    }
    return found.sort((a, b) => a.id - b.id)
  }

  /** An App's token is nobody's: it may not ask. */
  #ownLogin(): Promise<string | null> {
    this.#login ??= this.#connection
      .call('whose token it is', ({ users }) => users.getAuthenticated())
      .then(({ data }) => data.login)
      .catch((error: unknown) => {
        if (isRefused(error)) return null
        throw error
      })
    return this.#login
  }
}
