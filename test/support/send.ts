import { type IncomingHttpHeaders, request, type RequestOptions } from 'node:http';

/** An HTTP answer that has been read to its end. */
export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, each as often as it came. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

/** Sends a request exactly as it is written: fetch would join headers, follow redirects and forbid methods, and costs twice as much. */
export const send = (options: RequestOptions, body?: string | Buffer): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const sending = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers, rawHeaders } = response;
        resolve({ status, headers, rawHeaders, text });
      });
    });
    sending.on('error', reject).end(body);
  });
