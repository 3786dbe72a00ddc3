import type { Act } from '../access/index.js';
import type { Verification } from './Verification.js';
import { type Answering, askingOf } from './Asking.js';
import { answerQuestion, compared, type VerificationQuestion } from './verifyApiKey.js';

/** Answers a service that asks about many keys, in the order of its questions; all keys are looked up together. */
export async function verifyApiKeys(act: Act, answering: Answering, questions: readonly VerificationQuestion[]): Promise<Verification[]> {
  const asking = await askingOf(act, answering);
  // All are compared before the first takes anything from a window: where one cannot be, none has taken.
  const ready = await Promise.all(questions.map((question) => compared(act, asking, question)));
  return Promise.all(ready.map((question) => answerQuestion(act, asking, question)));
}
