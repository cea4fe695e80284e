export interface SimUser {
  readonly id: string;
  readonly username: string;
  /** What Discord calls the global name. */
  readonly displayName: string;
  readonly bot: boolean;
}
