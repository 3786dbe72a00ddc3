import type { Act } from '../access/index.js';
import type { RateLimits } from '../rateLimits/index.js';
import { SecretStore } from './SecretStore.js';
import type { Verification } from './Verification.js';
import { answerQuestion, type Asking, askingKey, type VerificationQuestion } from './verifyApiKey.js';

/** Answers a service that asks about many keys, in the order of its questions; all keys are looked up together. */
export async function verifyApiKeys(act: Act, rateLimits: RateLimits, questions: readonly VerificationQuestion[]): Promise<Verification[]> {
  const asking: Asking = { asker: await askingKey(act), secrets: new SecretStore(act.rows), rateLimits };
  return Promise.all(questions.map((question) => answerQuestion(act, asking, question)));
}
