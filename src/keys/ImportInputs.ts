import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Environment } from '../authority/index.js';
import { DateTimeScalar, PermissionScalar } from '../graphql/scalars.js';
import { JobType } from '../jobs/JobType.js';
import { EnvironmentEnum } from './ApiKeyType.js';

export const DigestAlgorithmEnum = {
  SHA256_HEX: 'SHA256_HEX',
  SHA256_BASE64: 'SHA256_BASE64',
  SHA256_BASE64URL: 'SHA256_BASE64URL',
  BCRYPT: 'BCRYPT',
} as const;
registerEnumType(DigestAlgorithmEnum, {
  name: 'DigestAlgorithm',
  description: 'How the digest of an old credential is written.',
  valuesConfig: {
    SHA256_HEX: { description: 'SHA-256 of the whole credential, 64 hexadecimal digits.' },
    SHA256_BASE64: { description: 'The same in base64.' },
    SHA256_BASE64URL: { description: 'The same in base64url, with or without its padding.' },
    BCRYPT: { description: 'bcrypt of the whole credential, at most 72 bytes, cost 4 to 12. Replaced by SHA-256 at its first use.' },
  },
});

@InputType({ description: 'A key that was made elsewhere: its old credential goes on working.' })
export class ImportedApiKeyInput {
  @Field(() => String, { description: "The credential's stored digest." })
  digest: string;

  @Field(() => DigestAlgorithmEnum, { description: 'How the digest is written.' })
  algorithm: string;

  @Field(() => String, {
    nullable: true,
    description: 'Needed for BCRYPT, which cannot be looked up: the clear head of the old credential, unique. 4 to 64 visible characters.',
  })
  lookupPrefix?: string | null;

  @Field(() => String, { description: '1 to 100 characters.' })
  name: string;

  @Field(() => ID, { description: 'The user it acts for; fixed.' })
  userId: string;

  @Field(() => ID, { description: 'Its home; fixed.' })
  namespaceId: string;

  @Field(() => EnvironmentEnum, { description: 'Its environment; fixed.' })
  environment: Environment;

  @Field(() => [PermissionScalar], { description: '1 to 100 permissions, within what its user and whoever imports it both hold.' })
  permissions: string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it stops by itself; null: never. Fixed.' })
  expiresAt?: Date | null;
}

@InputType({ description: 'Keys that were made elsewhere.' })
export class ImportApiKeysInput {
  @Field(() => ID, { description: 'The organization that gets them.' })
  organizationId: string;

  @Field(() => [ImportedApiKeyInput], { description: '1 to 5,000 keys; give them as a variable.' })
  keys: ImportedApiKeyInput[];
}

@ObjectType({ description: 'The job that was started.' })
export class ImportApiKeysPayload {
  @Field(() => JobType, { description: 'The job.' })
  job: unknown;
}
