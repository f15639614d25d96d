// Has Pact write files of several versions into the folder DIR, and then asks it which
// members of a response it misses: node write.cjs DIR. What it misses is printed, one
// member on each line, behind the name of the file.
const http = require('http');
const path = require('path');
const fs = require('fs');
const { PactV2, PactV3, PactV4, MatchersV2, MatchersV3, MessageConsumerPact, SpecificationVersion, Verifier } = require('@pact-foundation/pact');

const dir = process.argv[2];
const v4 = SpecificationVersion.SPECIFICATION_VERSION_V4;
const options = (consumer, provider = 'orders-api') => ({ dir, consumer, provider, logLevel: 'error' });
const json = { 'Content-Type': 'application/json' };

async function send(base, method, target, headers, body) {
  const response = await fetch(base + target, { method, headers, body: body && JSON.stringify(body) });
  await response.text();
}

async function write() {
  const second = new PactV2({ ...options('web-v2'), spec: 2 });
  await second.setup();
  await second.addInteraction({
    state: 'an order', uponReceiving: 'a read',
    withRequest: { method: 'GET', path: '/orders/17', query: { verbose: 'true' }, headers: { Accept: 'application/json', 'X-Tenant': 'acme' } },
    willRespondWith: {
      status: 200, headers: json,
      body: {
        id: MatchersV2.like('17'), total: MatchersV2.like(12.5), status: MatchersV2.term({ generate: 'paid', matcher: '^(paid|shipped)$' }),
        items: MatchersV2.eachLike({ sku: MatchersV2.like('x') }, { min: 1 }),
      },
    },
  });
  await send(second.mockService.baseUrl, 'GET', '/orders/17?verbose=true', { Accept: 'application/json', 'X-Tenant': 'acme' });
  await second.verify();
  await second.finalize();

  const M = MatchersV3;
  const third = new PactV3(options('web-v3'));
  third.given('an order').uponReceiving('a read')
    .withRequest({ method: 'GET', path: M.regex('/orders/\\d+', '/orders/17'), query: { verbose: 'true' }, headers: { 'X-Tenant': 'acme' } })
    .willRespondWith({
      status: 200, headers: json,
      body: {
        id: M.string('17'), total: M.decimal(12.5), currency: 'EUR', items: M.eachLike({ sku: M.string('x'), tags: M.eachKeyLike('a', M.string('b')) }),
        at: M.timestamp("yyyy-MM-dd'T'HH:mm:ss", '2026-01-01T00:00:00'),
      },
    });
  await third.executeTest((server) => send(server.url, 'GET', '/orders/17?verbose=true', { 'X-Tenant': 'acme' }));
  third.uponReceiving('a new one')
    .withRequest({ method: 'POST', path: '/orders', headers: json, body: { qty: M.integer(2), sku: 'x' } })
    .willRespondWith({ status: 201, headers: { Location: M.regex('/orders/\\d+', '/orders/18') } });
  await third.executeTest((server) => send(server.url, 'POST', '/orders', json, { qty: 2, sku: 'x' }));

  await new PactV4({ ...options('web-v4'), spec: v4 }).addInteraction().given('an order').uponReceiving('a read')
    .withRequest('GET', '/orders/17', (b) => { b.query({ verbose: 'true' }); b.headers({ 'X-Tenant': 'acme' }); })
    .willRespondWith(200, (b) => {
      b.headers(json);
      b.jsonBody({
        id: M.string('17'), total: M.decimal(12.5), labels: M.eachKeyMatches({ en: 'Order' }, [M.regex('[a-z]{2}', 'en')]),
        variants: M.arrayContaining(M.like({ kind: 'a' }), M.like({ kind: 'b' })),
      });
    })
    .executeTest((server) => send(server.url, 'GET', '/orders/17?verbose=true', { 'X-Tenant': 'acme' }));

  await new MessageConsumerPact(options('mail-v3', 'orders-events')).expectsToReceive('an order')
    .withContent({ orderId: M.string('1'), lines: M.eachLike({ sku: M.string('x') }) }).withMetadata({ topic: 'orders' }).verify(async () => {});
  await new PactV4({ ...options('mail-v4', 'orders-events'), spec: v4 }).addAsynchronousInteraction().given('an order')
    .expectsToReceive('an order', (b) => { b.withJSONContent({ orderId: M.string('1') }); b.withMetadata({ topic: 'orders' }); })
    .executeTest(async () => {});
}

// The response of a provider that has all, and more.
const whole = {
  id: '17', total: 12.5, status: 'paid', currency: 'EUR', note: 'n', at: '2026-01-01T00:00:00', labels: { en: 'Order' },
  items: [{ sku: 'x', qty: 1, tags: { a: 'b' } }], variants: [{ kind: 'a' }, { kind: 'b' }],
};
const members = [
  ['id'], ['total'], ['status'], ['currency'], ['note'], ['at'], ['labels'], ['items'], ['variants'], ['items', 'sku'], ['items', 'qty'], ['items', 'tags'], ['variants', 'kind'],
];

// without returns what a provider answers that has no such member, in no item of a list.
function without([name, inner]) {
  const body = structuredClone(whole);
  if (!inner) delete body[name];
  else for (const item of body[name]) delete item[inner];
  return body;
}

async function misses(file) {
  let body = whole;
  const server = http.createServer((request, response) => {
    const made = request.method === 'POST';
    response.writeHead(made ? 201 : 200, made ? { Location: '/orders/18' } : json);
    response.end(made ? '' : JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const verify = () => new Verifier({
    provider: 'orders-api', providerBaseUrl: `http://127.0.0.1:${server.address().port}`, pactUrls: [file], logLevel: 'error', stateHandlers: { 'an order': async () => {} },
  }).verifyProvider().then(() => true, () => false);
  const missed = (await verify()) ? [] : ['nothing will do'];
  for (const member of members) {
    body = without(member);
    if (!(await verify())) missed.push(`body.${member.join('[].')}`);
  }
  server.close();
  return missed;
}

(async () => {
  await write();
  for (const name of fs.readdirSync(dir).filter((name) => name.startsWith('web-')).sort()) {
    for (const member of await misses(path.join(dir, name))) fs.appendFileSync(path.join(dir, 'misses.txt'), `${name} ${member}\n`);
  }
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
