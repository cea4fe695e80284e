import type { Changes } from '../core/changes.ts';
import type { Ids } from '../core/ids.ts';
import { asString, type JsonObject } from '../core/json.ts';

/** Slash commands as registered, globally (scope null) or for a guild. */
export class CommandRegistry {
  readonly #ids: Ids;
  readonly #changes: Changes;
  readonly #applicationId: string;
  readonly #scopes = new Map<string | null, Map<string, JsonObject>>();

  constructor(ids: Ids, changes: Changes, applicationId: string) {
    this.#ids = ids;
    this.#changes = changes;
    this.#applicationId = applicationId;
  }

  list(scope: string | null): readonly JsonObject[] {
    return [...(this.#scopes.get(scope)?.values() ?? [])];
  }

  /** Replaces all commands of a scope; a command that keeps its name keeps its id. */
  replace(scope: string | null, commands: readonly JsonObject[]): readonly JsonObject[] {
    const before = this.#scopes.get(scope);
    const next = new Map<string, JsonObject>();
    for (const command of commands) {
      const made = this.#complete(scope, command, this.#byName(before, asString(command.name) ?? ''));
      next.set(String(made.id), made);
    }
    this.#scopes.set(scope, next);
    this.#changes.notify();
    return [...next.values()];
  }

  upsert(scope: string | null, command: JsonObject): JsonObject {
    const known = this.#scopes.get(scope) ?? new Map<string, JsonObject>();
    const made = this.#complete(scope, command, this.#byName(known, asString(command.name) ?? ''));
    known.set(String(made.id), made);
    this.#scopes.set(scope, known);
    this.#changes.notify();
    return made;
  }

  get(scope: string | null, id: string): JsonObject | undefined {
    return this.#scopes.get(scope)?.get(id);
  }

  remove(scope: string | null, id: string): boolean {
    return this.#scopes.get(scope)?.delete(id) ?? false;
  }

  /** The command people of a guild see under `name`: the guild's own before the global one. */
  find(guildId: string, name: string): JsonObject | undefined {
    return this.#byName(this.#scopes.get(guildId), name) ?? this.#byName(this.#scopes.get(null), name);
  }

  names(guildId: string): readonly string[] {
    return [...this.list(guildId), ...this.list(null)].map((command) => asString(command.name) ?? '?');
  }

  #byName(commands: Map<string, JsonObject> | undefined, name: string): JsonObject | undefined {
    return [...(commands?.values() ?? [])].find((command) => command.name === name);
  }

  #complete(scope: string | null, command: JsonObject, before: JsonObject | undefined): JsonObject {
    return {
      type: 1,
      options: [],
      dm_permission: true,
      default_member_permissions: null,
      nsfw: false,
      ...command,
      id: before?.id ?? this.#ids.entity(),
      application_id: this.#applicationId,
      version: this.#ids.entity(),
      ...(scope !== null && { guild_id: scope }),
    };
  }
}
