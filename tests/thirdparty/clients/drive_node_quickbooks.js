// node-quickbooks through everything that its prototype offers.
//
// Its base URL is the constant QuickBooks.V3_ENDPOINT_BASE_URL, and APP_CENTER_BASE for the addresses of OAuth 1. The addresses of
// OAuth 2 come from Intuit's discovery document, whose own address is fixed in the client: axios, which it shares with this
// program, is told to look for that one host at the emulator.
'use strict';

const { Readable } = require('stream');
const axios = require('axios');
const { Report, Wrong, at, claim, contains, labelled, plan } = require('./report.js');

const given = plan();
axios.interceptors.request.use((config) => {
  config.url = config.url.replace(/^https:\/\/(developer(\.api)?|appcenter)\.intuit\.com(?=\/)/, given.base);
  return config;
});
const QuickBooks = require('node-quickbooks');

QuickBooks.V3_ENDPOINT_BASE_URL = `${given.base}/v3/company/`;

const report = new Report();
const offered = Object.keys(QuickBooks.prototype).filter((name) => typeof QuickBooks.prototype[name] === 'function');
let qbo;

// One of the client's functions as a promise.
function ask(name, ...parameters) {
  return new Promise((resolve, reject) => {
    qbo[name](...parameters, (error, data) => (error ? reject(error) : resolve(data)));
  });
}

// `call` while the client is at another company.
async function elsewhere(connection, call) {
  const here = qbo;
  qbo = client(connection);
  try {
    return await call();
  } finally {
    qbo = here;
  }
}

// The refusal that `call` ends with has this code.
async function refused(code, call) {
  try {
    await call();
  } catch (error) {
    const fault = (error.Fault || (error.response && error.response.data.Fault)).Error[0];
    claim(fault.code, code, 'the code of the refusal');
    return;
  }
  throw new Wrong(`it was not refused with ${code}`);
}

function client(tokens) {
  return new QuickBooks(
    tokens.client_id, tokens.client_secret, tokens.access_token, false, tokens.realm, true, false, 75, '2.0', tokens.refresh_token);
}

const plural = (entity) => QuickBooks.prototype.pluralize(entity);

// One entity through its functions, each step leaving what the next one needs.
class Walk {
  constructor(entity, recipe) {
    this.entity = entity;
    this.recipe = recipe;
  }

  // A step, where the client offers it.
  step(operation, call) {
    return offered.includes(operation) ? report.attempt(this.entity, operation, call) : undefined;
  }

  async go() {
    const { entity } = this;
    const made = await this.step(`create${entity}`, () => this.create());
    if (!made) return;
    await this.step(`get${entity}`, async () => claim(await ask(`get${entity}`, made.Id), made, 'the object as read'));
    await this.step(`find${plural(entity)}`, () => this.find(made));
    const changed = (await this.step(`update${entity}`, () => this.update(made))) || made;
    await this.step(`get${entity}Pdf`, () => this.pdf(made));
    for (const name of [`send${entity}Pdf`, `send${entity}`]) await this.step(name, () => this.send(name, made));
    await this.step(`void${entity}`, () => this.void(changed));
    await this.step(`delete${entity}`, () => this.remove(made));
  }

  async create() {
    const made = await ask(`create${this.entity}`, { ...this.recipe.create });
    contains(made, this.recipe.create);
    for (const [path, value] of Object.entries(this.recipe.expect)) claim(at(made, path), value, path);
    claim([made.SyncToken, made.domain], ['0', 'QBO'], 'SyncToken and domain');
    return made;
  }

  // Every form of criteria that the client takes.
  async find(made) {
    const key = Object.values(made.Id ? { Id: made.Id } : {})[0];
    const forms = [
      { Id: key }, { Id: [key, '999999'] }, [{ field: 'Id', value: key, operator: '=' }, { field: 'limit', value: 5 }],
      { Id: key, fetchAll: true }, ` where Id = '${key}' maxresults 3`,
      [{ field: 'MetaData.LastUpdatedTime', value: made.MetaData.LastUpdatedTime, operator: '>=' }, { field: 'Id', value: key }],
    ];
    for (const form of forms) {
      const rows = (await ask(`find${plural(this.entity)}`, form)).QueryResponse;
      const name = Object.keys(rows).find((each) => Array.isArray(rows[each]));
      claim(rows[name].map((each) => each.Id), [key], `the rows for ${JSON.stringify(form)}`);
      claim(rows[name][0], await ask(`get${this.entity}`, key), 'the row');
    }
    claim((await ask(`find${plural(this.entity)}`, { Id: key, count: true })).QueryResponse, { totalCount: 1 }, 'a count');
    const all = (await ask(`find${plural(this.entity)}`, { fetchAll: true, limit: 20, asc: 'MetaData.CreateTime' })).QueryResponse;
    claim(all[this.entity].filter((each) => each.Id === key).length, 1, 'how often it is among all of them');
  }

  async update(made) {
    const changed = await ask(`update${this.entity}`, { ...made, ...this.recipe.change });
    contains(changed, { ...this.recipe.change, Id: made.Id, SyncToken: '1' });
    for (const [path, value] of Object.entries(this.recipe.changed)) claim(at(changed, path), value, path);
    await refused('5010', () => ask(`update${this.entity}`, { ...made, ...this.recipe.change }));
    return changed;
  }

  async pdf(made) {
    const content = await ask(`get${this.entity}Pdf`, made.Id);
    claim([content.slice(0, 5).toString(), content.toString('latin1').trimEnd().slice(-5)], ['%PDF-', '%%EOF'], 'the ends of the PDF');
  }

  async send(name, made) {
    const sent = await ask(name, made.Id, 'buyer@example.com');
    claim([sent.Id, sent.EmailStatus], [made.Id, 'EmailSent'], 'the form that was sent');
    claim((await ask(name, made.Id)).EmailStatus, 'EmailSent', 'sent once more, to its own address');
  }

  async void(made) {
    const before = await ask(`get${this.entity}`, made.Id);
    await ask(`void${this.entity}`, { ...before });
    const found = await ask(`get${this.entity}`, made.Id);
    claim([found.TotalAmt, /Voided/.test(found.PrivateNote)], [0, true], 'TotalAmt and PrivateNote of a void');
    claim(Number(found.SyncToken), Number(before.SyncToken) + 1, 'SyncToken of a void');
  }

  async remove(made) {
    const answer = await ask(`delete${this.entity}`, made.Id);
    const [stub] = Object.values(answer);
    claim([stub.Id, stub.status], [made.Id, 'Deleted'], 'the answer to the delete');
    await refused('610', () => ask(`get${this.entity}`, made.Id));
    claim((await ask(`find${plural(this.entity)}`, { Id: made.Id })).QueryResponse, {}, 'rows after the delete');
    await refused('610', () => ask(`delete${this.entity}`, { Id: made.Id, SyncToken: '9' }));
  }
}

// OAuth: the addresses from the discovery document, then everything that a connection goes through.
async function signIn() {
  report.offered.push(...offered.map((name) => `node-quickbooks.${name}`), 'node-quickbooks.setOauthVersion');
  await report.attempt('node-quickbooks', 'setOauthVersion', async () => {
    QuickBooks.setOauthVersion('2.0', true);
    for (let waited = 0; !QuickBooks.USER_INFO_URL && waited < 100; waited += 1) await new Promise((next) => setTimeout(next, 50));
    for (const name of ['TOKEN_URL', 'REVOKE_URL', 'USER_INFO_URL', 'AUTHORIZATION_URL']) {
      claim(QuickBooks[name].startsWith(given.base), true, `${name} on the emulator`);
    }
  });
  qbo = client(given);
  await report.attempt('node-quickbooks', 'refreshAccessToken', async () => {
    const before = qbo.token;
    const answer = await ask('refreshAccessToken');
    claim([answer.expires_in, answer.token_type, qbo.token !== before], [3600, 'bearer', true], 'the answer');
  });
}

async function signOut() {
  for (const name of ['reconnect', 'disconnect']) await report.attempt('node-quickbooks', name, () => ask(name));
  await report.attempt('node-quickbooks', 'getUserInfo', async () => claim(Boolean((await ask('getUserInfo')).sub), true, 'who it is'));
  const { token, refreshToken, realmId } = qbo;
  await report.attempt('node-quickbooks', 'revokeAccess', async () => {
    await ask('revokeAccess', true);
    claim([qbo.token, qbo.refreshToken, qbo.realmId], [null, null, null], 'what the client keeps');
    Object.assign(qbo, { token, refreshToken, realmId });
    const error = await ask('getPreferences').then(() => null, (refusal) => refusal);
    claim(error && error.response.status, 401, 'the status after that');
  });
}

// What belongs to no entity.
async function rest(labels, recipes) {
  await report.attempt('node-quickbooks', 'capitalize', () => claim(qbo.capitalize('invoice'), 'Invoice', 'a word'));
  await report.attempt('node-quickbooks', 'pluralize', () => claim(['class', 'deposit', 'currency'].map(qbo.pluralize), ['classes', 'deposits', 'currencies'], 'words'));
  await report.attempt('node-quickbooks', 'batch', () => batch(recipes));
  await report.attempt('node-quickbooks', 'changeDataCapture', () => changes(labels));
  await report.attempt('node-quickbooks', 'upload', () => upload(labels));
}

async function batch(recipes) {
  const items = [
    { bId: '1', operation: 'create', Customer: { DisplayName: 'Batch One' } }, { bId: '2', Query: 'select * from Term maxresults 2' },
    { bId: '3', operation: 'create', Bill: { ...recipes.Bill.create, DocNumber: 'B-1' } },
    { bId: '4', operation: 'create', Customer: { DisplayName: 'Ground Customer' } },
  ];
  const answers = Object.fromEntries((await ask('batch', items)).BatchItemResponse.map((each) => [each.bId, each]));
  claim([answers[1].Customer.DisplayName, answers[2].QueryResponse.Term.length], ['Batch One', 2], 'what was created and asked');
  claim(answers[4].Fault.Error[0].code, '6240', 'what was refused');
  const bill = answers[3].Bill;
  const more = (await ask('batch', [
    { bId: '5', operation: 'update', Customer: { ...answers[1].Customer, sparse: true, Notes: 'changed' } },
    { bId: '6', operation: 'delete', Bill: { Id: bill.Id, SyncToken: bill.SyncToken } },
  ])).BatchItemResponse;
  claim([more[0].Customer.Notes, more[1].Bill.status], ['changed', 'Deleted'], 'what was updated and deleted');
}

async function changes(labels) {
  for (const [entities, since] of [[['Customer', 'Invoice'], new Date(Date.now() - 3600000)], ['customer,invoice', new Date(Date.now() - 3600000).toISOString()]]) {
    const found = (await ask('changeDataCapture', entities, since)).CDCResponse[0].QueryResponse;
    const customers = found.find((each) => each.Customer).Customer;
    claim(customers.filter((each) => each.Id === labels.customer).length, 1, 'the customer among the changes');
    claim(found.find((each) => each.Invoice).Invoice.some((each) => each.status === 'Deleted'), true, 'a deleted invoice');
  }
}

async function upload(labels) {
  const text = 'a,b\n1,2\n';
  const alone = await ask('upload', 'alone.csv', 'text/csv', Readable.from([Buffer.from(text)]));
  claim([alone.FileName, alone.ContentType, alone.Size], ['alone.csv', 'text/csv', text.length], 'the file');
  const linked = await ask('upload', 'linked.txt', 'text/plain', Readable.from([Buffer.from('hello')]), 'Invoice', labels.invoice);
  claim(linked.AttachableRef[0].EntityRef, { value: labels.invoice, type: 'Invoice' }, 'what it is attached to');
  const body = await axios.get(linked.TempDownloadUri.startsWith('http') ? linked.TempDownloadUri : given.base + linked.TempDownloadUri);
  claim(body.data, 'hello', 'the content');
}

async function main() {
  await signIn();
  const labels = {};
  for (const [label, entity, wish] of given.ground) labels[label] = (await ask(`create${entity}`, labelled(wish, labels))).Id;
  const recipes = labelled(given.recipes, labels);
  for (const [entity, recipe] of Object.entries(recipes)) if (entity !== 'CompanyCurrency') await new Walk(entity, recipe).go();
  await require('./node_quickbooks_lists.js')({ report, ask, offered, recipes, given, at: elsewhere });
  await rest(labels, recipes);
  await signOut();
  for (const row of report.rows.filter((each) => each.entity !== 'node-quickbooks')) row.called = `node-quickbooks.${row.operation}`;
  report.finish();
}

main();
