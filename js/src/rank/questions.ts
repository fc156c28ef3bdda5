import type { Answer, Audit, Question } from '../types.js';
import type { Session } from './session.js';

/** Codes of the answers. */
const CODES: Readonly<Record<Answer, number>> = { yes: 1, no: 2, skip: 3 };

/** How varied what the visitor was shown is. */
export async function audit(session: Session): Promise<Audit | null> {
  if (!(await session.complete())) return null;
  return session.ask((engine) => engine.audit(Date.now()));
}

/** What to ask the visitor next. */
export function nextQuestion(session: Session): Question | null {
  return session.ask((engine) => engine.question());
}

/** Keeps an answer. */
export function answerQuestion(session: Session, { key: facet }: Question, answer: Answer): void {
  session.ingest([{ facet, answer: CODES[answer] ?? CODES.skip, nowMs: Date.now() }]);
}

/** Passes over all questions that are left. */
export function skipQuestions(session: Session): void {
  let last = 0;
  for (let question = nextQuestion(session); question && question.key !== last; question = nextQuestion(session)) {
    last = question.key;
    answerQuestion(session, question, 'skip');
  }
}
