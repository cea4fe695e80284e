import { createHmac } from 'node:crypto';

/** The header that holds the signature, and the one that holds what all tries of one event share. */
export const signatureHeader = 'x-parley-signature';
export const deliveryHeader = 'x-parley-delivery';

/**
 * `t=<epoch seconds>,v1=<hex>`: HMAC-SHA-256 of `<t>.<body>` under the webhook's secret. The time is signed too, so that a receiver can
 * refuse what somebody kept and sends again.
 */
export const signatureOf = (secret: string, atMs: number, body: string): string => {
  const t = Math.floor(atMs / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
};
