import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { ListedModel } from '../../../shared/api/models.ts';
import { FAKE_MODELS } from '../../fake-broker/models.ts';
import { NO_PICTURES } from '../pictures/picture.ts';
import { createCanvasSelection } from './canvas-selection.ts';
import { createForm } from './form.ts';

test('a form that is not written yet is no mistake, a prompt that is too long for the model is one', () => {
  const [first] = FAKE_MODELS;
  const model = signal<ListedModel | null>(first ? { ...first, maxPrompt: 12 } : null);
  const form = createForm({
    catalogue: { model },
    canvas: createCanvasSelection(),
    pictures: { given: signal(NO_PICTURES) },
  });
  expect(form.faults.value).toEqual([]);
  form.edit({ prompt: 'a lighthouse' });
  expect(form.faults.value).toEqual([]);
  form.edit({ prompt: 'a lighthouse in fog' });
  expect(form.faults.value).toEqual([
    { path: 'prompt', message: `${first?.name} takes at most 12 characters, and the prompt has 19: shorten it.` },
  ]);
});
