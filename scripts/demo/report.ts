/** How the demo talks: one line each, with the seconds since it began. */
export class Report {
  #start = performance.now();
  #live = false;

  say(text: string): void {
    this.#endLive();
    console.log(`${this.#time()}  ${text}`);
  }

  /** A line that the next one replaces; on a terminal only. */
  live(text: string): void {
    if (!process.stdout.isTTY) return;
    process.stdout.write(`\r\x1b[K${this.#time()}  ${text}`);
    this.#live = true;
  }

  /** Lines without a time, set off by an empty line. */
  block(text: string): void {
    this.#endLive();
    console.log(`\n${text}`);
  }

  #time(): string {
    return `${((performance.now() - this.#start) / 1000).toFixed(1).padStart(5)} s`;
  }

  #endLive(): void {
    if (this.#live) process.stdout.write('\r\x1b[K');
    this.#live = false;
  }
}

export const howToUseARealToken = [
  'To use it in your own server:',
  '  1. make a bot and invite it: docs/setting-up-a-bot.md',
  '  2. put its token into a file named .env here: DISCORD_TOKEN=...',
  '  3. npm start, sit in a voice channel, type /join',
].join('\n');
