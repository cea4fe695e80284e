import type { z } from 'zod';
import type { Lane, NotificationSpec } from './catalogue/notifications.ts';
import type { RequestSpec } from './catalogue/requests.ts';
import { maxQueuedBytes, maxQueuedControl } from './channel/outbox.ts';
import {
  captureEndReasons,
  errorCodes,
  exitCodes,
  musicFailures,
  playbackOutcomes,
  voiceEndReasons,
  warningCodes,
} from './codes.ts';
import { maxDepth, maxFrameBytes } from './frame/limits.ts';
import { helloTimeoutMs } from './handshake.ts';
import { catalogue, drainMs, protocolVersion, type Side } from './index.ts';
import { fieldRows, shapeRows } from './testing/field-rows.ts';

const start = '<!-- generated from the schemas: do not edit below -->';
const end = '<!-- end of the generated part -->';

type Cells = readonly string[];

/** The README with its generated part brought up to date. @throws Error when its markers are missing. */
export const renderReadme = (current: string): string => {
  const from = current.indexOf(start);
  const to = current.indexOf(end);
  if (from < 0 || to < from) throw new Error(`packages/protocol/README.md lacks the markers "${start}" and "${end}"`);
  return `${current.slice(0, from + start.length)}\n\n${renderTables()}\n\n${current.slice(to)}`;
};

/** All messages, fields, shapes, codes and limits, as Markdown. */
export const renderTables = (): string =>
  [
    `Protocol ${protocolVersion.major}.${protocolVersion.minor}. A name followed by \`?\` may be absent; \`→\` marks a field of the answer.`,
    ...(Object.keys(catalogue) as Side[]).flatMap(sideOf),
    '### Shapes',
    table(['shape, field', 'type', 'meaning'], shapeRows(allSchemas())),
    '### Error codes',
    table(
      ['code', 'worth repeating', 'meaning'],
      Object.entries(errorCodes).map(([code, { retryable, meaning }]) => [
        tick(code),
        retryable ? 'yes' : 'no',
        meaning,
      ]),
    ),
    '### Warning codes',
    table(['code', 'meaning'], meanings(warningCodes)),
    '### Reasons a voice connection ends',
    table(['reason', 'meaning'], meanings(voiceEndReasons)),
    '### Reasons a capture ends',
    table(['reason', 'meaning'], meanings(captureEndReasons)),
    '### What becomes of an utterance',
    table(['outcome', 'meaning'], meanings(playbackOutcomes)),
    '### Why music fails',
    table(['code', 'meaning'], meanings(musicFailures)),
    '### Exit codes of voxproc',
    table(
      ['code', 'name'],
      Object.entries(exitCodes).map(([name, code]) => [String(code), tick(name)]),
    ),
    '### Limits',
    table(['limit', 'value'], limits),
  ].join('\n\n');

const limits: Cells[] = [
  ['largest frame body, by its length prefix', `${maxFrameBytes} bytes`],
  ['nesting of arrays and maps', `${maxDepth - 1} levels`],
  ['frames that wait for a slow reader', `${maxQueuedControl}, and ${maxQueuedBytes} bytes`],
  ['the supervisor waits for hello', duration(helloTimeoutMs)],
  ['`end()` waits for a slow reader', duration(drainMs)],
];

const sideOf = (side: Side): string[] => {
  const { requests, notifications } = catalogue[side];
  return [
    `### Requests of ${side === 'supervisor' ? 'the supervisor' : 'voxproc'}`,
    table(['message, field', 'type', 'meaning'], Object.entries(requests).flatMap(requestRows)),
    `### Notifications of ${side === 'supervisor' ? 'the supervisor' : 'voxproc'}`,
    table(['message, field', 'type', 'meaning'], Object.entries(notifications).flatMap(notificationRows)),
  ];
};

const requestRows = ([name, { says, params, result, deadlineMs }]: [string, RequestSpec]): Cells[] => [
  [`**\`${name}\`**`, `answer within ${duration(deadlineMs)}`, says],
  ...fieldRows(params, ''),
  ...fieldRows(result, '→ '),
];

const laneWords = {
  control: 'never dropped',
  coalesced: 'newest kept under pressure',
  capture: 'oldest dropped beyond 500 ms',
  after_capture: 'never dropped, behind its audio',
  speech: 'as much as was granted',
} as const satisfies Record<Lane, string>;

const notificationRows = ([name, { says, params, lane }]: [string, NotificationSpec]): Cells[] => [
  [`**\`${name}\`**`, laneWords[lane], says],
  ...fieldRows(params, ''),
];

const allSchemas = (): z.ZodType[] =>
  Object.values(catalogue).flatMap(({ requests, notifications }) => [
    ...Object.values<RequestSpec>(requests).flatMap(({ params, result }) => [params, result]),
    ...Object.values<NotificationSpec>(notifications).map(({ params }) => params),
  ]);

const meanings = (codes: Readonly<Record<string, string>>): Cells[] =>
  Object.entries(codes).map(([code, meaning]) => [tick(code), meaning]);

const tick = (code: string): string => `\`${code}\``;

function duration(ms: number): string {
  return `${ms / 1000} s`;
}

const table = (head: Cells, rows: readonly Cells[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
