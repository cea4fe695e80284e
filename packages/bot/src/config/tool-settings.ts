import { z } from 'zod';

/** A sound of a server's soundboard, and of which server where it is another's: `123456789012345678@876543210987654321`. */
export const soundReference = /^\d{1,20}(?:@\d{17,20})?$/;
/** Sounds the agent may choose from. */
export const maxSounds = 40;

/** What a guild chooses of what the agent can do besides talking. */
export const toolPerGuildFields = {
  whoMaySay: z
    .enum(['everyone', 'role'])
    .default('role')
    .describe('Who may have the agent say something: everyone, or holders of a say role and Manage Server.'),
  sayRoleIds: z
    .array(z.string().regex(/^\d{17,20}$/, 'a Discord id of 17 to 20 digits'))
    .max(200)
    .default([])
    .describe('Roles that may have the agent say something when whoMaySay is role, comma-separated ids.'),
  soundboard: z.boolean().default(true).describe('Whether the agent may play sounds of the soundboard.'),
  soundboardSounds: z
    .array(z.string().max(41).regex(soundReference, 'a sound’s id, and `@` with its server’s where it is another’s'))
    .max(maxSounds)
    .default([])
    .describe(
      'Sounds the agent may choose from, comma-separated ids, `id@server` for those of another server; empty: the first 40 of this one.',
    ),
} as const;

/** Settings of music, which only the operator has: where it comes from and how loud it is. */
export const musicFields = {
  music: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .optional()
        .describe('Folder whose audio files can be asked for by name; without it only web addresses are played.'),
      volume: z.int().min(0).max(100).default(50).describe('How loud music is at first, in percent.'),
      duckGain: z
        .number()
        .min(0)
        .max(1)
        .default(0.15)
        .describe('What is left of the music while the agent speaks; 1 = all of it.'),
      duckMs: z.int().min(0).max(5000).default(300).describe('Milliseconds in which music goes back and returns.'),
      allowPrivate: z
        .boolean()
        .default(false)
        .describe('Whether music may come from addresses of private networks, this machine’s among them.'),
    })
    .prefault({}),
} as const;

const mcpServer = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/i, 'a letter, then letters, digits, - and _; 32 at most'),
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string().regex(/^[\w-]{1,64}$/), z.string().max(4096)).default({}),
  right: z.enum(['heard', 'control', 'manage']).default('heard'),
  allowPrivate: z.boolean().default(false),
  timeoutMs: z.int().min(1000).max(120_000).default(15_000),
});

/** Servers whose tools the agent may use, as `agent.mcpServers`. */
export const mcpServers = z
  .array(mcpServer)
  .max(8)
  .refine((servers) => new Set(servers.map(({ name }) => name.toLowerCase())).size === servers.length, {
    error: 'two servers of the same name',
  })
  .default([])
  .meta({
    secret: true,
    description:
      'Servers of the Model Context Protocol (streamable HTTP) whose tools the agent may use, as JSON: `[{"name", "url", "headers", "right", "allowPrivate", "timeoutMs"}]`; `right`: who may have them used, `heard` (anybody it listens to), `control` (who may end the session) or `manage`.',
  });
