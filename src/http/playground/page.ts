import { randomBytes } from 'node:crypto';
import { afterStart } from './start.js';
import { renderAltair, type RenderOptions } from 'altair-static';

/** The page with the policy that it needs. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/**
 * What the page may do: nothing but talk to this service. The nonce lets through the one inline script that starts
 * Altair and the styles that it makes while it runs.
 */
export const contentSecurityPolicy = (nonce?: string): string => {
  const inline = nonce === undefined ? '' : ` 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src 'self'${inline}`,
    `style-src 'self'${inline}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

const PLACE = 'nonce-of-each-answer';

/** Renders Altair once; each call gives the page with a nonce of its own. */
export function playgroundPage(options: RenderOptions): () => Page {
  const rendered = renderAltair({ ...options, cspNonce: PLACE })
    .replaceAll('@here@', '${location.origin}')
    .replace(/<\/script><\/body>/, () => afterStart(9) + '</script></body>');
  return () => {
    const nonce = randomBytes(16).toString('base64');
    return { html: rendered.replaceAll(PLACE, nonce), policy: contentSecurityPolicy(nonce) };
  };
}
