/** One step forward of the tables. A published migration never changes: what it did wrong, the next one mends. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
