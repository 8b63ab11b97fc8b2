import { resolve } from 'node:path';
import { Command } from 'commander';
import { BUDGETS, buildPlugin } from './build-plugin.ts';

const program = new Command('build-plugin')
  .description('Builds the two files that Figma loads.')
  .option('--broker <url>', 'where the panel finds the broker', 'http://localhost:8787')
  .option('--out <folder>', 'where manifest.json and dist/plugin/ go', '.')
  .option('--no-minify', 'leave the code readable, and name ignored messages in the console')
  .action(async ({ broker, out, minify }: { broker: string; out: string; minify: boolean }) => {
    const outDir = resolve(out);
    const sizes = await buildPlugin({ brokerUrl: broker, outDir, minify });
    const say = (name: 'main' | 'ui') => `${name} ${sizes[name]} of ${BUDGETS[name]} bytes gzipped`;
    process.stdout.write(`Plugin for ${broker} in ${outDir}: ${say('main')}, ${say('ui')}\n`);
  });

await program.parseAsync();
