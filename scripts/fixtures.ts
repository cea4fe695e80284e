/**
 * Makes the speech the demo and the tests use, and the "now recording" clip of the bot: `pnpm fixtures`.
 * Needs flite and ffmpeg (Debian: `apt-get install flite ffmpeg`). The results are kept in the repository, so nobody has to run it.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { normalizePeak, readWav, writeWav } from './lib/wav.ts';

interface Speech {
  people: Record<string, { voice: string; options: string[] }>;
  clips: { name: string; text: string }[];
  notice: { voice: string; text: string };
}

const root = join(import.meta.dirname, '..');
const folder = join(root, 'test', 'fixtures', 'speech');
const speech = JSON.parse(await readFile(join(folder, 'speech.json'), 'utf8')) as Speech;
const peakDb = -10;

const speak = async (voice: string, options: string[], text: string, file: string): Promise<void> => {
  await execa('flite', ['-voice', voice, ...options, '-t', text, '-o', file]);
  const { sampleRate, samples } = readWav(await readFile(file));
  await writeFile(file, writeWav({ sampleRate, samples: normalizePeak(samples, peakDb) }));
};

for (const { name, text } of speech.clips) {
  const person = speech.people[name.split('-')[0] ?? ''];
  if (!person) throw new Error(`speech.json: nobody speaks clip ${name}`);
  await speak(person.voice, person.options, text, join(folder, `${name}.wav`));
  console.log(`${name}: ${text}`);
}

const temporary = await mkdtemp(join(tmpdir(), 'parley-fixtures-'));
try {
  const wav = join(temporary, 'notice.wav');
  await speak(speech.notice.voice, [], speech.notice.text, wav);
  const target = join(root, 'packages', 'bot', 'assets', 'now-recording.ogg');
  const encode = ['-c:a', 'libopus', '-b:a', '40k', '-ar', '48000', '-ac', '2', '-frame_duration', '20'];
  await execa('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-i',
    wav,
    '-map_metadata',
    '-1',
    '-fflags',
    '+bitexact',
    ...encode,
    target,
  ]);
  console.log(`now-recording.ogg: ${speech.notice.text}`);
} finally {
  await rm(temporary, { recursive: true });
}
