import type { Act } from '../access/index.js';
import { allThere, type Soon, whenThere } from '../domain/index.js';
import type { Verification } from './Verification.js';
import { type Answering, askingOf } from './Asking.js';
import { answerQuestion, compared, type VerificationQuestion } from './verifyApiKey.js';

/** Answers a service that asks about many keys, in the order of its questions; all keys are looked up together. */
export const verifyApiKeys = (act: Act, answering: Answering, questions: readonly VerificationQuestion[]): Soon<Verification[]> =>
  whenThere(askingOf(act, answering), (asking) => {
    // All are compared before the first takes anything from a window: where one cannot be, none has taken.
    const ready = allThere(questions.map((question) => compared(act, asking, question)));
    return whenThere(ready, (all) => allThere(all.map((question) => answerQuestion(act, asking, question))));
  });
