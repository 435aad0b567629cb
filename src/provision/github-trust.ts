import type { PolicyDocument } from './policies.ts'

/** Of github.com. An Enterprise Server has an issuer of its own. */
export const githubIssuer = 'token.actions.githubusercontent.com'
export const githubAudience = 'sts.amazonaws.com'

/** A branch whose pushes are trusted, or an environment of GitHub whose jobs are. */
export interface TrustedPlace {
  readonly kind: 'branch' | 'environment'
  readonly name: string
}

/**
 * The part of the subject behind the repository. A job that names an environment has `environment:…` and no branch; GitHub
 * writes a colon in a name as %3A. Source: docs.github.com, actions/reference/security/oidc.
 */
export function subjectContext({ kind, name }: TrustedPlace): string {
  return kind === 'branch' ? `ref:refs/heads/${name}` : `environment:${name.replaceAll(':', '%3A')}`
}

/**
 * Both forms of a subject: by names, and with the ids that repositories have in it which were created, renamed or moved
 * since 2026-07-15. Source: the same page, "Immutable subject claims".
 */
export function subjectForms(context: string): readonly string[] {
  return [`repo:{owner}/{repository}:${context}`, `repo:{owner}@{owner-id}/{repository}@{repository-id}:${context}`]
}

/** Who may take a role: jobs of the one repository in these contexts, compared as a whole and without wildcards. */
export function githubTrust(contexts: readonly string[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'GitHubActions',
        Effect: 'Allow',
        Principal: { Federated: '{oidc-provider}' },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: {
            [`${githubIssuer}:aud`]: githubAudience,
            [`${githubIssuer}:sub`]: contexts.flatMap(subjectForms),
          },
        },
      },
    ],
  }
}
