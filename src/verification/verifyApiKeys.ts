import type { Act } from '../access/index.js';
import { SecretStore } from './SecretStore.js';
import type { Verification } from './Verification.js';
import { answerQuestion, askingKey, type VerificationQuestion } from './verifyApiKey.js';

/** Answers a service that asks about many keys, in the order of its questions; all keys are looked up together. */
export async function verifyApiKeys(act: Act, questions: readonly VerificationQuestion[]): Promise<Verification[]> {
  const asker = await askingKey(act);
  const secrets = new SecretStore(act.rows);
  return Promise.all(questions.map((question) => answerQuestion(act, secrets, asker, question)));
}
