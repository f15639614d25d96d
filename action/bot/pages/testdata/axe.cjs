// Runs axe-core, found in the folder that the first argument names, over the pages that
// standard input holds as a JSON list of {path, html}, and writes what it objects to.
const {createRequire} = require('node:module');
const need = createRequire(process.argv[2] + '/');
const {JSDOM, VirtualConsole} = need('jsdom');
const axe = require('node:fs').readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');
(async () => {
  const pages = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  for (const {path, html} of pages) {
    const dom = new JSDOM(html, {runScripts: 'outside-only', pretendToBeVisual: true, virtualConsole: new VirtualConsole()});
    dom.window.eval(axe);
    const result = await dom.window.axe.run(dom.window.document, {rules: {'color-contrast': {enabled: false}}}); // needs a layout
    for (const v of result.violations) console.log(`${path}: ${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(' ')}`);
    if (result.passes.length < 10) console.log(`${path}: only ${result.passes.length} rules looked at it`);
  }
})();
