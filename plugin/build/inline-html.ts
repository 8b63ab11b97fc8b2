/**
 * One page with its script and style inside, because Figma loads a panel from one string. The script stands at the end
 * of the body, which it fills.
 */
export function inlineHtml(script: string, style: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<title>Inkpot</title>',
    `<style>${style.trim().replaceAll('</style', '<\\/style')}</style>`,
    '</head>',
    '<body>',
    `<script>${escapeScript(script.trim())}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Within a script element only these two sequences mean anything to the HTML parser (HTML Living Standard §4.12.1.3). */
function escapeScript(script: string): string {
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
