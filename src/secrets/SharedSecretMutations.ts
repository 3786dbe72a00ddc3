import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { revealSharedSecretInput } from './revealSharedSecret.js';
import { rotateSharedSecretInput } from './rotateSharedSecret.js';
import * as inputs from './SharedSecretInputs.js';

@Resolver()
export class SharedSecretMutations {
  @Mutation(() => inputs.RotateSharedSecretPayload, { description: "Creates the organization's shared secret, or replaces it." })
  rotateSharedSecret(
    @Arg('input', () => inputs.RotateSharedSecretInput, { description: 'Of which organization.' }) input: unknown,
    @Ctx() { act, sharedSecrets }: GraphContext,
  ) {
    return sharedSecrets.rotate(act, parseInput(rotateSharedSecretInput, input));
  }

  @Mutation(() => inputs.RevealSharedSecretPayload, {
    description: 'Reads it again, for who holds `sharedSecret:reveal`; a mutation because it writes the audit trail.',
  })
  revealSharedSecret(
    @Arg('input', () => inputs.RevealSharedSecretInput, { description: 'Of which organization.' }) input: unknown,
    @Ctx() { act, sharedSecrets }: GraphContext,
  ) {
    return sharedSecrets.reveal(act, parseInput(revealSharedSecretInput, input));
  }
}
