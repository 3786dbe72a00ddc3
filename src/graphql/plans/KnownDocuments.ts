import { LRUCache } from 'lru-cache';
import type { Plan } from './Plan.js';

/** Of texts that are known: enough for all that the services of a replica's tenants ask with. */
const MOST_DOCUMENTS = 200;
const LONGEST_DOCUMENT = 8_192;
const MOST_FORMS = 50;
const LONGEST_FORM = 256;

/** A request whose document was accepted before: what is done for it, and in which form it is answered. */
export interface KnownRequest {
  readonly plan: Plan;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly contentType: string;
}

/**
 * Texts of documents that Apollo has parsed, validated and measured once, and for which there is a plan: a text that comes again
 * means the same again. Neither does Apollo's choice of a form for the answer depend on anything but `Accept`.
 */
export class KnownDocuments {
  private readonly plans = new LRUCache<string, Map<string | undefined, Plan>>({ max: MOST_DOCUMENTS });
  private readonly forms = new LRUCache<string, string>({ max: MOST_FORMS });

  /** What is asked by a body and its `Accept`; null where any of it is not known, or unusual. */
  asked(body: unknown, accept = ''): KnownRequest | null {
    if (typeof body !== 'object' || body === null || 'extensions' in body) return null;
    const { query, operationName, variables } = body as Readonly<Record<string, unknown>>;
    if (typeof query !== 'string') return null;
    if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
    if (variables !== undefined && (typeof variables !== 'object' || Array.isArray(variables))) return null;
    const plan = this.plans.get(query)?.get(operationName ?? undefined);
    const contentType = this.forms.get(accept);
    return !plan || contentType === undefined ? null : { plan, variables: (variables ?? {}) as KnownRequest['variables'], contentType };
  }

  /** Remembers a document that was accepted, for a caller who is known. */
  accepted(text: string, operationName: string | undefined, plan: Plan): void {
    if (text.length > LONGEST_DOCUMENT) return;
    const plans = this.plans.get(text) ?? new Map<string | undefined, Plan>();
    plans.set(operationName, plan);
    this.plans.set(text, plans);
  }

  /** Remembers in which form a request was answered. */
  answered(accept = '', contentType: string | undefined): void {
    if (contentType !== undefined && accept.length <= LONGEST_FORM) this.forms.set(accept, contentType);
  }
}
