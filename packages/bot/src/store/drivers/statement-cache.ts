/** Prepared statements by their text, the one longest unused given up first. */
export class StatementCache<S> {
  readonly #limit: number;
  readonly #prepare: (sql: string) => S | Promise<S>;
  readonly #release: (statement: S) => void;
  readonly #statements = new Map<string, S>();

  constructor(limit: number, prepare: (sql: string) => S | Promise<S>, release: (statement: S) => void) {
    this.#limit = limit;
    this.#prepare = prepare;
    this.#release = release;
  }

  /** The statement of this text, prepared when it is not at hand. */
  async use(sql: string): Promise<S> {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = await this.#prepare(sql);
    this.#statements.set(sql, statement);
    this.#trim();
    return statement;
  }

  /** Gives up every statement; SQLite cannot close with open ones. */
  clear(): void {
    for (const statement of this.#statements.values()) this.#release(statement);
    this.#statements.clear();
  }

  #trim(): void {
    for (const [sql, statement] of this.#statements) {
      if (this.#statements.size <= this.#limit) return;
      this.#statements.delete(sql);
      this.#release(statement);
    }
  }
}
