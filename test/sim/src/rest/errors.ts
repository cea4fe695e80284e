/** An answer of the REST API that is an error, with Discord's JSON error code (reference: "JSON Error Codes"). */
export class RestError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, code: number, message: string, extra: object = {}) {
    super(message);
    this.status = status;
    this.body = { message, code, ...extra };
  }
}

export const unauthorized = (): RestError => new RestError(401, 0, '401: Unauthorized');
export const notFound = (): RestError => new RestError(404, 0, '404: Not Found');
export const missingPermissions = (): RestError => new RestError(403, 50013, 'Missing Permissions');
export const missingAccess = (): RestError => new RestError(403, 50001, 'Missing Access');
export const unknownChannel = (): RestError => new RestError(404, 10003, 'Unknown Channel');
export const unknownGuild = (): RestError => new RestError(404, 10004, 'Unknown Guild');
export const unknownMember = (): RestError => new RestError(404, 10007, 'Unknown Member');
export const unknownMessage = (): RestError => new RestError(404, 10008, 'Unknown Message');
export const unknownUser = (): RestError => new RestError(404, 10013, 'Unknown User');
export const unknownWebhook = (): RestError => new RestError(404, 10015, 'Unknown Webhook');
export const unknownInteraction = (): RestError => new RestError(404, 10062, 'Unknown interaction');
export const unknownVoiceState = (): RestError => new RestError(404, 10065, 'Unknown Voice State');
export const alreadyAcknowledged = (): RestError =>
  new RestError(400, 40060, 'Interaction has already been acknowledged.');
export const emptyMessage = (): RestError => new RestError(400, 50006, 'Cannot send an empty message');
export const tooLarge = (): RestError => new RestError(413, 40005, 'Request entity too large');
export const invalidForm = (field: string, message: string): RestError =>
  new RestError(400, 50035, 'Invalid Form Body', { errors: { [field]: { _errors: [{ code: 'INVALID', message }] } } });
