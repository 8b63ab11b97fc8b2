/**
 * `npm run bench -- gateway`: what the broker adds to a provider's call, from the click to the bytes, beside calling the
 * provider itself, beside Portkey's gateway on OpenAI's wire, and beside bare sharp doing the same to the pictures.
 * @module
 */
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { Agent, setGlobalDispatcher } from 'undici';
import { falCaller, inkpotCaller, openaiCaller } from './callers.ts';
import { openHouse } from './house.ts';
import { measureInFlight } from './in-flight.ts';
import { startInstantProviders } from './instant-providers.ts';
import { measureMemory } from './memory.ts';
import { decodeAndShrink, grainyPicture } from './pictures.ts';
import { type Cell, print, summarize } from './report.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** How long 50 pictures of 10 MB are kept in flight, to see whether memory stays flat, in seconds. */
    seconds: { type: 'string', default: '60' },
  },
});

const IN_FLIGHT = [1, 50, 200];

/** Enough calls to tell, few enough to end: large pictures take a second of a core each. */
const CALLS: Readonly<Record<number, { readonly small: number; readonly large: number }>> = {
  1: { small: 100, large: 20 },
  50: { small: 200, large: 60 },
  200: { small: 400, large: 200 },
};

/** Offered by fal at both sizes, and by OpenAI at the small one. */
const ON_FAL = 'seedream-4';
const ON_OPENAI = 'gpt-image-2';

/** What serves the calls has used of all cores so far, in seconds. */
type Cpu = () => Promise<number>;

const ownCpu: Cpu = async () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const unknownCpu: Cpu = async () => Number.NaN;

// As the broker does, so that what is measured has the cores to itself.
setFlagsFromString('--external-memory-accounted-in-global-limit');
// Connections that rest are closed by some of the servers, and a request that crosses with that is lost.
setGlobalDispatcher(new Agent({ keepAliveTimeout: 500, keepAliveMaxTimeout: 500, headersTimeout: 0, bodyTimeout: 0 }));

const [small, large, tenMegabytes] = await Promise.all([
  grainyPicture('1 megapixel', 1_024),
  grainyPicture('16 megapixels', 4_096),
  grainyPicture('10 MB', 2_208),
]);
const providers = await startInstantProviders();
const house = await openHouse(join(dirname(fileURLToPath(import.meta.url)), 'broker.mjs'), providers);
try {
  const cells: Cell[] = [];
  for (const picture of [small, large]) {
    providers.show(picture);
    const portkey = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': providers.openai };
    const callers = {
      'fal itself': falCaller(providers.fal),
      'the broker, by fal’s webhooks': await inkpotCaller(house.people, ON_FAL, picture),
      ...(picture === small && {
        'OpenAI itself': openaiCaller(providers.openai),
        'Portkey, before OpenAI': openaiCaller(house.portkey, portkey),
        'the broker, before OpenAI': await inkpotCaller(house.people, ON_OPENAI, picture),
      }),
    };
    for (const inFlight of IN_FLIGHT) {
      const calls = CALLS[inFlight]?.[picture === small ? 'small' : 'large'] ?? 1;
      // The first calls of a way open its connections, and as many as are measured make its code as fast as it gets.
      const warmUp = inFlight === 1 ? calls : 3;
      const add = async (who: string, call: (index: number) => Promise<unknown>, cpu: Cpu, atOnce = inFlight) => {
        process.stderr.write(`${picture.name}, ${inFlight} in flight: ${who}\n`);
        await measureInFlight(1, warmUp, call);
        const before = await cpu();
        const measured = await measureInFlight(atOnce, calls, call);
        const cpuMs = (((await cpu()) - before) * 1_000) / calls;
        cells.push({ picture: picture.name, inFlight, who, cpuMs, ...measured });
      };
      // As many at once as there are cores: more would only wait for each other.
      const cores = Math.min(inFlight, availableParallelism());
      await add('bare sharp', () => decodeAndShrink(picture.png), ownCpu, cores);
      for (const [who, call] of Object.entries(callers)) {
        await add(who, call, who.startsWith('the broker') ? house.cpu : unknownCpu);
      }
    }
  }
  providers.show(tenMegabytes);
  const memory = await measureMemory(house, await inkpotCaller(house.people, ON_FAL, tenMegabytes), {
    inFlight: 50,
    bytes: tenMegabytes.png.length,
    seconds: Number(options.seconds),
  });
  print(summarize(cells, memory), options.json);
} finally {
  await house.close();
  await providers.close();
}
