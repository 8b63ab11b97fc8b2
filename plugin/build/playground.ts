import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { buildPlayground } from './build-playground.ts';
import { buildPlugin } from './build-plugin.ts';

const program = new Command('build-playground')
  .description('Builds the Figma host for development, with the plugin that it runs beside it.')
  .requiredOption('--broker <url>', 'where the panel finds the broker')
  .requiredOption('--out <folder>', 'emptied first; the plugin goes into its folder plugin/')
  .action(async ({ broker, out }: { broker: string; out: string }) => {
    const outDir = resolve(out);
    await buildPlayground({ outDir, minify: true });
    await buildPlugin({ brokerUrl: broker, outDir: join(outDir, 'plugin'), minify: true });
  });

await program.parseAsync();
