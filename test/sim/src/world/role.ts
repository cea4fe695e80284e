export class SimRole {
  readonly id: string;
  readonly name: string;
  readonly position: number;
  permissions: bigint;
  /** Set for the role that belongs to the bot's application. */
  readonly botId: string | null;

  constructor(values: { id: string; name: string; position: number; permissions: bigint; botId?: string }) {
    this.id = values.id;
    this.name = values.name;
    this.position = values.position;
    this.permissions = values.permissions;
    this.botId = values.botId ?? null;
  }
}
