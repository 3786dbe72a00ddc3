/** RFC 6750 and RFC 7617: how to authenticate, told with every 401 of a plain door. */
const BEARER = 'Bearer realm="bailiwick"';
const BASIC = 'Basic realm="bailiwick", charset="UTF-8"';

type Challenge = { readonly 'www-authenticate': string };

/** Nothing was presented: no error code then (RFC 6750, section 3.1). */
export const challenge: Challenge = { 'www-authenticate': BEARER };

/** The same, where a service may also use HTTP Basic. */
export const serviceChallenge: Challenge = { 'www-authenticate': `${BEARER}, ${BASIC}` };

/** What was presented is no good. */
export const invalidToken: Challenge = { 'www-authenticate': `${BEARER}, error="invalid_token"` };

/** The same to a service that used HTTP Basic: the challenge is of the scheme that it tried (RFC 6749, section 5.2). */
export const invalidPair: Challenge = { 'www-authenticate': BASIC };

/** What was presented is good, and not for this. Permissions hold no character that would need quoting. */
export const insufficientScope = (permissions: readonly string[]): Challenge => ({
  'www-authenticate': `${BEARER}, error="insufficient_scope"${permissions.length > 0 ? `, scope="${permissions.join(' ')}"` : ''}`,
});
