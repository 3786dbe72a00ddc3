import { z } from 'zod';
import { text } from '../domain/index.js';
import { isPublicAddress, literalAddress } from './publicAddress.js';

const LONGEST = 2_000;

/** Where webhooks may lead. */
export interface Targets {
  /** Private and local addresses too, and http: for development, and for receivers beside the service. */
  readonly privateAllowed: boolean;
}

/** What is wrong with a URL as a target; null if nothing is that can be told without asking for its addresses. */
function faultOf(value: string, { privateAllowed }: Targets): string | null {
  if (!URL.canParse(value)) return 'is no URL: write it as https://host/path';
  const { protocol, username, password, hash, hostname, href } = new URL(value);
  if (protocol !== 'https:' && !(privateAllowed && protocol === 'http:')) return 'must begin with https://';
  if (username !== '' || password !== '') return 'holds a user name or a password: leave them out, messages are signed';
  if (hash !== '' || value.includes('#')) return 'holds a fragment, which is never sent: leave it out';
  if (href.length > LONGEST) return `is longer than ${LONGEST} characters once it is encoded: shorten it`;
  if (privateAllowed) return null;
  const literal = literalAddress(hostname);
  const isLocal = literal === null ? /(^|\.)localhost\.?$/i.test(hostname) : !isPublicAddress(literal);
  return isLocal ? 'leads to an address that is not public: use a host of the public internet' : null;
}

/** The URL of a webhook, as it is stored and called. */
export const targetUrl = (targets: Targets) =>
  text(LONGEST).transform((value, context) => {
    const fault = faultOf(value, targets);
    if (fault === null) return new URL(value).href;
    context.addIssue(fault);
    return z.NEVER;
  });
