import figma from '@figma/eslint-plugin-figma-plugins';
import { parser } from 'typescript-eslint';

/** Figma's own rules for what the sandbox runs. Everything else is Biome's business. */
export default [
  {
    files: ['plugin/main/**/*.ts'],
    ignores: ['**/*.test.ts'],
    ...figma.flatConfigs.recommended,
    languageOptions: {
      parser,
      parserOptions: { project: 'plugin/main/tsconfig.json', tsconfigRootDir: `${import.meta.dirname}/..` },
    },
  },
];
