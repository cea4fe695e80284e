import { userPayload } from '../world/payloads.ts';
import type { RestDeps } from './deps.ts';
import { RestError, unauthorized, unknownGuild, unknownUser } from './errors.ts';
import { created, noContent, ok, type RestRequest, type Route } from './router.ts';

const unknownCommand = (): RestError => new RestError(404, 10063, 'Unknown application command');

/** GATEWAY_PRESENCE_LIMITED, GATEWAY_GUILD_MEMBERS_LIMITED and GATEWAY_MESSAGE_CONTENT_LIMITED of an application's flags. */
const privilegedFlags = (1 << 13) | (1 << 15) | (1 << 19);

/** Who the bot is, where its gateway is, and its slash commands. */
export const applicationRoutes = ({ world, commands, gatewayUrl, privilegedIntents, signIn }: RestDeps): Route[] => {
  const application = () => ({
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: '',
    summary: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: privilegedIntents() ? privilegedFlags : 0,
    bot: userPayload(world.bot),
    owner: userPayload({ ...world.bot, bot: false }),
    team: null,
  });
  const scopeOf = (request: RestRequest): string | null => {
    const guild = request.param('guild');
    if (guild && !world.guilds.has(guild)) throw unknownGuild();
    return guild || null;
  };
  const commandRoutes = (prefix: string): Route[] => [
    {
      method: 'GET',
      path: prefix,
      handle: (request) => ok(commands.list(scopeOf(request))),
    },
    {
      method: 'PUT',
      path: prefix,
      handle: (request) => ok(commands.replace(scopeOf(request), request.body.list)),
    },
    {
      method: 'POST',
      path: prefix,
      handle: (request) => created(commands.upsert(scopeOf(request), request.body.json)),
    },
    {
      method: 'GET',
      path: `${prefix}/:command`,
      handle: (request) => {
        const command = commands.get(scopeOf(request), request.param('command'));
        if (!command) throw unknownCommand();
        return ok(command);
      },
    },
    {
      method: 'DELETE',
      path: `${prefix}/:command`,
      handle: (request) => {
        if (!commands.remove(scopeOf(request), request.param('command'))) throw unknownCommand();
        return noContent();
      },
    },
  ];
  return [
    { method: 'GET', path: '/gateway', open: true, handle: () => ok({ url: gatewayUrl() }) },
    {
      method: 'GET',
      path: '/gateway/bot',
      handle: () =>
        ok({
          url: gatewayUrl(),
          shards: 1,
          session_start_limit: { total: 1_000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 },
        }),
    },
    {
      method: 'GET',
      path: '/users/@me',
      bearer: true,
      handle: ({ authorization }) => {
        if (!authorization?.startsWith('Bearer ')) {
          return ok({ ...userPayload(world.bot), verified: true, email: null });
        }
        const user = world.users.get(signIn.userOf(authorization) ?? '');
        if (!user) throw unauthorized();
        return ok(userPayload(user));
      },
    },
    {
      method: 'GET',
      path: '/users/@me/guilds',
      handle: () =>
        ok(
          [...world.guilds.values()].map(({ id, name, botMember }) => ({
            id,
            name,
            icon: null,
            owner: false,
            permissions: String(botMember.permissionsIn()),
            features: [],
          })),
        ),
    },
    {
      method: 'GET',
      path: '/users/:user',
      handle: (request) => {
        const user = world.users.get(request.param('user'));
        if (!user) throw unknownUser();
        return ok(userPayload(user));
      },
    },
    { method: 'GET', path: '/applications/@me', handle: () => ok(application()) },
    { method: 'GET', path: '/oauth2/applications/@me', handle: () => ok(application()) },
    ...commandRoutes('/applications/:application/commands'),
    ...commandRoutes('/applications/:application/guilds/:guild/commands'),
  ];
};
