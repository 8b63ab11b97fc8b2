import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sampleDrawing } from '../providers/sample-image.ts';
import { BadOutput } from './bad-output.ts';
import { checkSvg } from './check-svg.ts';

const drawing = sampleDrawing({ width: 400, height: 300 });
const withInside = (inside: string) => Buffer.from(drawing.replace('</svg>', `${inside}</svg>`));

test('a drawing is accepted, and drawn large for where pixels are needed', async () => {
  const checked = await checkSvg(Buffer.from(drawing));
  expect(checked).toMatchObject({ width: 2_048, height: 1_536, format: 'png' });
  expect(await sharp(checked.png).metadata()).toMatchObject({ format: 'png', width: 2_048, height: 1_536 });
});

test.each([
  ['a declaration', `<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn -->\n${drawing}\n`],
  [
    'gradients and a picture inside it',
    drawing
      .replace(
        '</svg>',
        '<use href = "#g"/><rect fill="url( #g )"/><image xlink:href="data:image/png;base64,AA"/></svg>',
      )
      .replace('<svg', '<svg xmlns:xlink="http://www.w3.org/1999/xlink"'),
  ],
])('a drawing with %s is accepted', async (_what, text) => {
  expect(await checkSvg(Buffer.from(text))).toMatchObject({ width: 2_048 });
});

test.each([
  ['a script', '<script>alert(1)</script>'],
  ['a script by another name', '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>'],
  ['a link that becomes one later', '<a href="#"><set attributeName="href" to="java&#115;cript:alert(1)"/></a>'],
  ['an event', '<circle r="3" onload="alert(1)"/>'],
  ['an event after a slash', '<circle r="3"/onclick=alert(1) />'],
  ['foreign content', '<foreignObject><p>hello</p></foreignObject>'],
  ['a link', '<a href="https://evil.example"><circle r="3"/></a>'],
  ['a link that runs', '<a xlink:href="javascript:alert(1)"><circle r="3"/></a>'],
  ['a picture from elsewhere', '<image href="https://evil.example/p.png"/>'],
  ['a drawing inside it', '<image href="data:image/svg+xml;base64,AA"/>'],
  ['a fill from elsewhere', '<rect fill="url(https://evil.example/f.svg#x)"/>'],
  ['a style from elsewhere', '<style>@import "https://evil.example/s.css";</style>'],
])('a drawing with %s is refused', async (_what, inside) => {
  await expect(checkSvg(withInside(inside))).rejects.toThrow(/^the SVG has /);
});

test.each([
  ['an entity', `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${drawing}`],
  ['no SVG', '<html><body>502</body></html>'],
  ['an end that is missing', drawing.slice(0, -30)],
  ['tags that do not match', drawing.replace('</svg>', '<g></svg>')],
  ['nothing on it', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'],
])('a file with %s is refused', async (_what, text) => {
  await expect(checkSvg(Buffer.from(text))).rejects.toThrow(BadOutput);
});

test('a file of nothing but comments is refused at once', async () => {
  await expect(checkSvg(Buffer.from('<!-- x -->'.repeat(200_000)))).rejects.toThrow('no SVG');
});

test('what is not text, and what is too large, is refused', async () => {
  await expect(checkSvg(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).rejects.toThrow('UTF-8');
  await expect(checkSvg(new Uint8Array(17 * 1024 * 1024))).rejects.toThrow('too many');
});
