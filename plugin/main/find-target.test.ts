import { expect, test } from 'vitest';
import { judgeTarget, type TargetCandidate } from './find-target.ts';

const page = { type: 'PAGE', parent: null };
const frame: TargetCandidate = { name: 'Hero', type: 'FRAME', locked: false, fills: [], parent: page };

test('frames and shapes take a picture as their fill', () => {
  for (const type of ['FRAME', 'RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR', 'VECTOR', 'BOOLEAN_OPERATION', 'COMPONENT']) {
    expect(judgeTarget({ ...frame, type }), type).toEqual({ takesFill: true, why: null });
  }
});

test('text, groups, sections and lines are passed over without a word', () => {
  for (const type of ['TEXT', 'GROUP', 'SECTION', 'LINE', 'STICKY']) {
    expect(judgeTarget({ ...frame, type }), type).toEqual({ takesFill: false, why: null });
  }
});

test('a layer whose fills are mixed is passed over', () => {
  expect(judgeTarget({ ...frame, fills: Symbol('mixed') })).toEqual({ takesFill: false, why: null });
});

test('a locked layer, or one in a locked parent, is explained', () => {
  const locked = { takesFill: false, why: '“Hero” is locked.' };
  expect(judgeTarget({ ...frame, locked: true })).toEqual(locked);
  expect(judgeTarget({ ...frame, parent: { type: 'FRAME', locked: true, parent: page } })).toEqual(locked);
});

test('an instance, and all that is inside one, is explained', () => {
  const inInstance = { takesFill: false, why: '“Hero” belongs to a component instance.' };
  expect(judgeTarget({ ...frame, type: 'INSTANCE' })).toEqual(inInstance);
  const parent = { type: 'FRAME', parent: { type: 'INSTANCE', parent: page } };
  expect(judgeTarget({ ...frame, type: 'RECTANGLE', parent })).toEqual(inInstance);
});
