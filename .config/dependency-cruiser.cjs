/** The arrows of the house (design: plugin → shared ← broker; in the broker: routes → domain rooms → ledger → redis). */
const room = (name) => `^broker/${name}/`;
const TEST = '\\.test\\.tsx?$';
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    forbid('no-circles', {}, { circular: true }, 'Nothing imports itself, however long the way round.'),
    forbid(
      'shared-imports-zod-only',
      { path: '^shared/', pathNot: TEST },
      { pathNot: ['^shared/', '^node_modules/zod/'] },
      'The contract runs everywhere, so it may rest on nothing but zod.',
    ),
    forbid('plugin-knows-no-broker', { path: '^plugin/' }, { path: '^broker/' }, 'They meet in shared/.'),
    forbid('broker-knows-no-plugin', { path: '^broker/' }, { path: '^plugin/' }, 'They meet in shared/.'),
    forbid(
      'main-and-ui-meet-at-the-bridge',
      { path: '^plugin/main/', pathNot: TEST },
      { path: ['^plugin/(ui|playground|build)/'] },
      'The sandbox has no DOM and no network; it speaks to the panel by messages only.',
    ),
    forbid(
      'ui-has-no-figma',
      { path: '^plugin/ui/', pathNot: TEST },
      { path: ['^plugin/(main|playground|build)/'] },
      'See above.',
    ),
    forbid(
      'the-host-knows-no-plugin',
      { path: '^plugin/playground/', pathNot: TEST },
      { path: '^plugin/(main|ui)/' },
      'The playground runs the built files, unchanged.',
    ),
    forbid(
      'redis-knows-nobody',
      { path: room('redis') },
      { path: '^broker/', pathNot: room('redis') },
      'Connections know no domain.',
    ),
    forbid(
      'ledger-knows-redis-only',
      { path: room('ledger') },
      { path: '^broker/', pathNot: room('(ledger|redis)') },
      'Money knows no HTTP, no provider, no Stripe.',
    ),
    forbid(
      'providers-know-nobody-above',
      { path: room('providers') },
      { path: '^broker/', pathNot: room('providers') },
      'An adapter speaks one wire and nothing else.',
    ),
    forbid(
      'domain-knows-no-pages',
      { path: '^broker/(ledger|pools|quotes|generations|assets|models|metrics|http)/' },
      { path: room('pages') },
      'Pages rest on the domain, not the other way round.',
    ),
    forbid('only-tests-use-tests', { pathNot: TEST }, { path: TEST }, 'What ships does not rest on tests.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^\\.cache/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'broker/tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
