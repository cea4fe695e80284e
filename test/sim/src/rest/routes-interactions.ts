import { asArray, asNumber, isObject } from '../core/json.ts';
import type { InteractionState, SimInteraction } from '../world/interaction.ts';
import { EPHEMERAL_FLAG, type SimMessage } from '../world/message.ts';
import { messagePayload } from '../world/payloads.ts';
import type { RestDeps } from './deps.ts';
import { alreadyAcknowledged, invalidForm, unknownInteraction, unknownMessage, unknownWebhook } from './errors.ts';
import { editedContent, newContent } from './messages.ts';
import { noContent, ok, type RestRequest, type Route } from './router.ts';

/** Callback types (reference: "Interaction Callback Type"). */
const CALLBACK = { message: 4, deferredMessage: 5, deferredUpdate: 6, update: 7, choices: 8, modal: 9 } as const;

/** Answers to interactions, and the webhook that carries what comes later. */
export const interactionRoutes = ({ world, interactions, attachments }: RestDeps): Route[] => {
  const byToken = (request: RestRequest): SimInteraction => {
    const interaction = interactions.find(request.param('token'));
    if (!interaction) throw unknownWebhook();
    return interaction;
  };

  const post = (
    interaction: SimInteraction,
    request: RestRequest,
    json: RestRequest['body']['json'],
    flags: number,
  ): SimMessage => {
    const content = newContent(attachments, interaction.channel, request.body, json);
    return world.post({
      ...content,
      flags: content.flags | (flags & EPHEMERAL_FLAG),
      channel: interaction.channel,
      author: world.bot,
      interactionId: interaction.id,
    });
  };

  const edit = (message: SimMessage, request: RestRequest, json = request.body.json): SimMessage => {
    message.edit(editedContent(attachments, message.channel, request.body, message, json), Date.now());
    world.emit({ type: 'message_updated', message });
    return message;
  };

  const respond = (interaction: SimInteraction, request: RestRequest): InteractionState => {
    const state = answerOf(interaction, request);
    interaction.settle(state);
    return state;
  };

  const answerOf = (interaction: SimInteraction, request: RestRequest): InteractionState => {
    const { json } = request.body;
    const data = isObject(json.data) ? json.data : {};
    switch (json.type) {
      case CALLBACK.message:
        interaction.original = post(interaction, request, data, 0);
        return { status: 'answered' };
      case CALLBACK.deferredMessage:
        return { status: 'deferred', flags: asNumber(data.flags) ?? 0 };
      case CALLBACK.deferredUpdate:
        interaction.original = interaction.source;
        return { status: 'acknowledged' };
      case CALLBACK.update:
        if (!interaction.source) throw invalidForm('type', 'There is no message to update.');
        interaction.original = edit(interaction.source, request, data);
        return { status: 'answered' };
      case CALLBACK.choices:
        return { status: 'choices', choices: asArray(data.choices) };
      case CALLBACK.modal:
        return { status: 'modal', modal: data };
      default:
        throw invalidForm('type', 'This callback type is not known.');
    }
  };

  /** The first text after a deferral becomes `@original`, whether it comes as an edit or as a follow-up. */
  const complete = (interaction: SimInteraction, request: RestRequest): SimMessage => {
    const flags = interaction.state.status === 'deferred' ? interaction.state.flags : 0;
    interaction.original = post(interaction, request, request.body.json, flags);
    interaction.settle({ status: 'answered' });
    world.changes.notify();
    return interaction.original;
  };

  const messageOf = (interaction: SimInteraction, request: RestRequest): SimMessage => {
    const name = request.param('message');
    const message =
      name === '@original'
        ? interaction.original
        : [interaction.original, ...interaction.followUps].find((candidate) => candidate?.id === name);
    if (!message || message.deleted) throw unknownMessage();
    return message;
  };

  const webhook = '/webhooks/:application/:token';
  return [
    {
      method: 'POST',
      path: '/interactions/:id/:token/callback',
      open: true,
      handle: (request) => {
        const interaction = interactions.find(request.param('token'));
        if (!interaction || interaction.id !== request.param('id')) throw unknownInteraction();
        if (interaction.state.status === 'failed') throw unknownInteraction();
        if (interaction.state.status !== 'waiting') throw alreadyAcknowledged();
        const state = respond(interaction, request);
        world.changes.notify();
        if (request.query.get('with_response') !== 'true') return noContent();
        const { original } = interaction;
        return ok({
          interaction: {
            id: interaction.id,
            type: interaction.kind === 'command' ? 2 : 3,
            response_message_id: original?.id,
            response_message_loading: state.status === 'deferred',
            response_message_ephemeral: original?.ephemeral ?? false,
          },
          resource: { type: request.body.json.type, ...(original && { message: messagePayload(original) }) },
        });
      },
    },
    {
      method: 'POST',
      path: webhook,
      open: true,
      handle: (request) => {
        const interaction = byToken(request);
        if (interaction.state.status === 'waiting' || interaction.state.status === 'failed') throw unknownWebhook();
        if (interaction.state.status === 'deferred') return ok(messagePayload(complete(interaction, request)));
        const message = post(interaction, request, request.body.json, 0);
        interaction.followUps.push(message);
        world.changes.notify();
        return ok(messagePayload(message));
      },
    },
    {
      method: 'GET',
      path: `${webhook}/messages/:message`,
      open: true,
      handle: (request) => ok(messagePayload(messageOf(byToken(request), request))),
    },
    {
      method: 'PATCH',
      path: `${webhook}/messages/:message`,
      open: true,
      handle: (request) => {
        const interaction = byToken(request);
        const isFirst = interaction.state.status === 'deferred' && request.param('message') === '@original';
        const message = isFirst ? complete(interaction, request) : edit(messageOf(interaction, request), request);
        return ok(messagePayload(message));
      },
    },
    {
      method: 'DELETE',
      path: `${webhook}/messages/:message`,
      open: true,
      handle: (request) => {
        const message = messageOf(byToken(request), request);
        message.deleted = true;
        world.emit({ type: 'message_deleted', message });
        return noContent();
      },
    },
  ];
};
