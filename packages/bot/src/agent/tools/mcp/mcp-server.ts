import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Logger } from '../../../log.ts';
import { type GuardedFetch, guardedFetch } from '../../../net/guarded-fetch.ts';
import { version } from '../../../version.ts';
import { redactText } from '../../provider/socket/redact.ts';
import { type Tool, ToolError, type ToolRight } from '../tool.ts';

/** Bytes of anything an MCP server says; a result of 100 MB is refused long before it is all here. */
const maxBytes = 1024 * 1024;
/** Tools of a server that are offered to the model. */
const maxTools = 40;
/** Characters of JSON that describe one tool's arguments: the model is paid to read them in each conversation. */
const maxSchema = 8000;
const connectMs = 5000;

export interface McpServerSettings {
  /** Before the names of its tools. */
  readonly name: string;
  readonly url: string;
  /** Sent with each request; secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  readonly right: ToolRight;
  readonly timeoutMs: number;
}

type McpTool = Awaited<ReturnType<Client['listTools']>>['tools'][number];

/**
 * One MCP server, spoken to over streamable HTTP. Its tools are known once it has answered; one that cannot be reached has none, and is
 * asked again for the next session. What it describes and answers is data.
 */
export class McpServer implements AsyncDisposable {
  readonly #settings: McpServerSettings;
  readonly #logger: Logger;
  readonly #net: GuardedFetch;
  #client: Client | null = null;
  #tools: readonly Tool[] = [];
  #disposed = false;

  constructor(settings: McpServerSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#net = guardedFetch({ allowPrivate: settings.allowPrivate, maxBytes });
  }

  get tools(): readonly Tool[] {
    return this.#tools;
  }

  /** Connects and learns its tools. Never throws: what fails is logged. */
  async connect(): Promise<void> {
    const { name, url, headers } = this.#settings;
    const client = new Client({ name: 'parley', version });
    try {
      const transport = new StreamableHTTPClientTransport(new URL(url), {
        fetch: this.#net.fetch,
        requestInit: { headers: { ...headers } },
      });
      // Its declared type does not allow for exactOptionalPropertyTypes.
      await client.connect(transport as Parameters<Client['connect']>[0], { timeout: connectMs });
      const { tools } = await client.listTools({}, { timeout: connectMs });
      if (this.#disposed) throw new Error('it is not needed any more');
      this.#client = client;
      const brief = tools.filter(({ inputSchema }) => JSON.stringify(inputSchema).length <= maxSchema);
      this.#tools = brief.slice(0, maxTools).map((tool) => this.#toolOf(tool));
      if (tools.length > this.#tools.length)
        this.#logger.warn(
          { server: name, tools: tools.length, offered: this.#tools.length },
          'an MCP server has too many tools, or some that take too long to describe',
        );
      this.#logger.info({ server: name, tools: this.#tools.length }, 'an MCP server is ready');
    } catch (error) {
      await client.close().catch(() => undefined);
      this.#logger.warn({ server: name, reason: reasonOf(error, headers) }, 'an MCP server cannot be used');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#tools = [];
    await this.#client?.close().catch(() => undefined);
    await this.#net[Symbol.asyncDispose]();
  }

  #toolOf({ name, description, inputSchema, annotations }: McpTool): Tool {
    const { name: server, right, timeoutMs } = this.#settings;
    const destroys = annotations?.destructiveHint === true && annotations.readOnlyHint !== true;
    return {
      definition: {
        name: `${server}__${name}`.replaceAll(/[^\w-]/g, '_').slice(0, 64),
        description: (description ?? name).slice(0, 1000),
        parameters: { ...inputSchema },
      },
      ...{ right, timeoutMs, continues: true },
      question: () => (destroys ? `May I use “${name}” of ${server}? It says that it may destroy something.` : null),
      parse: (value) => {
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
        throw new ToolError('arguments_invalid', 'an object is expected');
      },
      run: async (args, { signal }) => await this.#run(name, args as Record<string, unknown>, signal),
    };
  }

  async #run(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<string> {
    const client = this.#client;
    if (client === null) throw new ToolError('unavailable', `${this.#settings.name} is not connected`);
    let result: Awaited<ReturnType<Client['callTool']>>;
    try {
      const options = { signal, timeout: this.#settings.timeoutMs, maxTotalTimeout: this.#settings.timeoutMs };
      result = await client.callTool({ name, arguments: args }, undefined, options);
    } catch (error) {
      signal.throwIfAborted();
      throw new ToolError('unavailable', `${this.#settings.name} did not answer`, { cause: withoutWords(error) });
    }
    const said = textOf(result.content);
    if (result.isError === true) throw new ToolError('refused', said.slice(0, 1000) || 'it says that it failed');
    return said;
  }
}

/** What failed, without the secrets that a server may repeat. */
const reasonOf = (error: unknown, headers: McpServerSettings['headers']): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const secrets = Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/)]);
  return redactText(`${error instanceof Error ? error.message : String(error)}${cause}`, secrets);
};

/** What failed, for the log: a server's words about a call may repeat what people said. */
const withoutWords = (error: unknown): Error => {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code).slice(0, 32)})` : '';
  return new Error(`${error instanceof Error ? error.name : typeof error}${code}`);
};

/** The text of a result; pictures and sounds are named only. */
const textOf = (content: unknown): string =>
  (Array.isArray(content) ? content : [])
    .map((part: { type?: unknown; text?: unknown }) =>
      part.type === 'text' && typeof part.text === 'string' ? part.text : `(${String(part.type)}, not shown)`,
    )
    .join('\n');
