import type { AccountBlueprint, Role } from './blueprint.ts'
import { retained } from './cloudformation-table.ts'
import { cloudFormationValue, pascalCase } from './cloudformation-value.ts'
import { githubAudience, githubIssuer } from './github-trust.ts'
import { tlsOnly, type IdentityPolicy } from './policies.ts'

type Resources = Readonly<Record<string, object>>

/** Bucket, provider, roles and policies. None but tables and bucket has a name of its own, so CAPABILITY_IAM is enough. */
export function accountResources({ roles, daemon }: AccountBlueprint): Resources {
  return {
    ...bucket,
    GitHubOidcProvider: {
      Type: 'AWS::IAM::OIDCProvider',
      Condition: 'CreateOidcProvider',
      Properties: { Url: `https://${githubIssuer}`, ClientIdList: [githubAudience] },
    },
    ...Object.fromEntries([...roles.map(({ policy }) => policy), daemon].map(managedPolicy)),
    ...Object.fromEntries(roles.map(githubRole)),
  }
}

export function accountOutputs({ roles, daemon }: AccountBlueprint): Resources {
  return {
    ...Object.fromEntries(
      roles.map(({ name, description }) => [
        `${pascalCase(name)}RoleArn`,
        { Description: description, Value: { 'Fn::GetAtt': [`${pascalCase(name)}Role`, 'Arn'] } },
      ]),
    ),
    DaemonPolicyArn: { Description: daemon.purpose, Value: { Ref: policyId(daemon) } },
    ArtifactBucketName: { Description: 'Where the artifacts are.', Value: { Ref: 'ArtifactBucket' } },
    GitHubOidcProviderArn: {
      Description: 'The OIDC provider of GitHub Actions.',
      Value: cloudFormationValue('{oidc-provider}'),
    },
  }
}

const bucket: Resources = {
  ArtifactBucket: {
    Type: 'AWS::S3::Bucket',
    ...retained,
    Properties: {
      BucketName: cloudFormationValue('{bucket}'),
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    },
  },
  ArtifactBucketPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    ...retained,
    Properties: { Bucket: { Ref: 'ArtifactBucket' }, PolicyDocument: cloudFormationValue(tlsOnly) },
  },
}

function managedPolicy(policy: IdentityPolicy): readonly [id: string, resource: object] {
  return [
    policyId(policy),
    {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Description: policy.purpose, PolicyDocument: cloudFormationValue(policy.document) },
    },
  ]
}

function policyId({ name }: IdentityPolicy): string {
  return `${pascalCase(name)}Policy`
}

function githubRole({ name, description, trust, policy }: Role): readonly [id: string, resource: object] {
  return [
    `${pascalCase(name)}Role`,
    {
      Type: 'AWS::IAM::Role',
      Properties: {
        Description: description,
        AssumeRolePolicyDocument: cloudFormationValue(trust),
        ManagedPolicyArns: [{ Ref: policyId(policy) }],
      },
    },
  ]
}
