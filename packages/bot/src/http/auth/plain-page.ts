import type { FastifyReply } from 'fastify';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, attributes included. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char);

/**
 * A page without scripts: a title, and paragraphs that are HTML already. Its forms say where they come from: with `no-referrer`, as
 * everywhere else, browsers send `Origin: null` (Fetch standard, "append a request Origin header").
 */
export const sendPlainPage = (reply: FastifyReply, status: number, title: string, body: string): FastifyReply =>
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    .header('referrer-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/plain.css">` +
        `<title>${escapeHtml(title)} – Parley</title></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`,
    );
