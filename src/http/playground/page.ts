import { randomBytes } from 'node:crypto';
import { renderAltair, type RenderOptions } from 'altair-static';
import { HERE, SOCKET_HERE } from './options.js';

/** The page, and the policy that it is sent with. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/**
 * What the page may do: nothing but talk to the service that it came from. The nonce lets through the one inline script,
 * which starts Altair, and the styles that Altair makes while it runs.
 */
export function contentSecurityPolicy(nonce?: string): string {
  const inline = nonce === undefined ? '' : ` 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src 'self'${inline}`,
    `style-src 'self'${inline}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Stands for the nonce while the page is rendered. */
const NONCE = '@nonce@';

/** Renders Altair once; each call gives the page with a nonce of its own. */
export function playgroundPage(options: RenderOptions): () => Page {
  const html = renderAltair({ ...options, cspNonce: NONCE })
    .replace('<title>Altair</title>', '<title>Bailiwick playground</title>')
    // Altair writes its options as template literals.
    .replaceAll(HERE, '${location.origin}')
    .replaceAll(SOCKET_HERE, 'ws${location.protocol.slice(4, -1)}://${location.host}')
    .replace('AltairGraphQL.init(', "import './start.js';\n    AltairGraphQL.init(");
  return () => {
    const nonce = randomBytes(16).toString('base64');
    return { html: html.replaceAll(NONCE, nonce), policy: contentSecurityPolicy(nonce) };
  };
}
