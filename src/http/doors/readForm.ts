import type { ArrivingRequest } from '../ArrivingRequest.js';
import { takeWhole } from '../bodiesRead.js';
import { FORM, isForeignCharset, type Parameters, readParameters } from './forms.js';
import { ofBody, type Problem } from './problems.js';

/** What is still to come is read by nobody. */
const tooLarge = (): Problem => ofBody(413, { connection: 'close' });

const isForm = (type: string): boolean =>
  (type === FORM || type.split(';', 1)[0]?.trim().toLowerCase() === FORM) && !isForeignCharset(type);

/**
 * Reads the form that a request brings, and then calls with it, or with what is wrong. Whoever goes away before all of it has come
 * is not answered.
 */
export function readForm(request: ArrivingRequest, most: number, then: (read: Parameters | Problem) => void): void {
  const { 'content-length': length = '0', 'content-type': type = '', 'transfer-encoding': transfer } = request.headers;
  const isEmpty = transfer === undefined && Number(length) === 0;
  const known = isEmpty ? {} : !isForm(type) ? ofBody(415) : Number(length) > most ? tooLarge() : null;
  if (known) {
    then(known);
    return;
  }
  takeWhole(request, most, (body) => then(body ? readParameters(body.toString('utf8')) : tooLarge()));
}
