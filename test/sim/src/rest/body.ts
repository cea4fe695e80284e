import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject, parseJson } from '../core/json.ts';
import { RestError, tooLarge } from './errors.ts';

export interface UploadedFile {
  /** The form's field, `files[0]` for Discord. */
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface RequestBody {
  readonly json: JsonObject;
  /** What was sent as JSON when it was a list (bulk registration of commands). */
  readonly list: readonly JsonObject[];
  readonly files: readonly UploadedFile[];
}

/** More than any upload limit of a guild, so that the API itself decides what is too large. */
const HARD_LIMIT_BYTES = 128 * 1024 * 1024;

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > HARD_LIMIT_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const fromJson = (text: string): RequestBody => {
  const value = parseJson(text);
  if (value === undefined) throw new RestError(400, 50109, 'The request body contains invalid JSON.');
  if (Array.isArray(value)) return { json: {}, list: value.filter(isObject), files: [] };
  return { json: isObject(value) ? value : {}, list: [], files: [] };
};

const fromForm = async (bytes: Buffer, contentType: string): Promise<RequestBody> => {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  const files: UploadedFile[] = [];
  let json: JsonObject = {};
  for (const [field, value] of form.entries()) {
    if (typeof value === 'string') {
      if (field === 'payload_json') json = fromJson(value).json;
    } else {
      const type = value.type || 'application/octet-stream';
      files.push({ field, filename: value.name, contentType: type, bytes: Buffer.from(await value.arrayBuffer()) });
    }
  }
  return { json, list: [], files };
};

/** Reads a request's JSON, multipart or form body. */
export const readBody = async (request: IncomingMessage): Promise<RequestBody> => {
  const bytes = await readAll(request);
  const contentType = request.headers['content-type'] ?? '';
  if (bytes.length === 0) return { json: {}, list: [], files: [] };
  if (contentType.startsWith('multipart/form-data')) return fromForm(bytes, contentType);
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return { json: Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))), list: [], files: [] };
  }
  return fromJson(bytes.toString('utf8'));
};
