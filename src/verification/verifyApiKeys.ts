import type { Act } from '../access/index.js';
import type { Verification } from './Verification.js';
import { answerQuestion, type Answering, askingOf, type VerificationQuestion } from './verifyApiKey.js';

/** Answers a service that asks about many keys, in the order of its questions; all keys are looked up together. */
export async function verifyApiKeys(act: Act, answering: Answering, questions: readonly VerificationQuestion[]): Promise<Verification[]> {
  const asking = await askingOf(act, answering);
  return Promise.all(questions.map((question) => answerQuestion(act, asking, question)));
}
