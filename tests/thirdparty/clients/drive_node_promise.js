// quickbooks-node-promise through everything that a connection of it offers.
//
// Its addresses are constants of its class. It gives envelopes back as they come, with some headers beside the object.
'use strict';

const axios = require('axios');
const crypto = require('crypto');
const { Quickbooks } = require('quickbooks-node-promise');
const { Report, Wrong, at, claim, contains, labelled, plan } = require('./report.js');

const given = plan();
const REDIRECT = 'http://localhost:8000/callback';
Object.assign(Quickbooks, {
  AUTHORIZATION_URL: `${given.base}/connect/oauth2`, TOKEN_URL: `${given.base}/oauth2/v1/tokens/bearer`,
  USER_INFO_URL: `${given.base}/v1/openid_connect/userinfo`, REVOKE_URL: `${given.base}/v2/oauth2/tokens/revoke`,
  JWKS_URL: `${given.base}/op/v1/jwks`, V3_ENDPOINT_BASE_URL: `${given.base}/v3/company/`,
});

const report = new Report();
const row = (operation, call) => report.attempt('quickbooks-node-promise', operation, call);
let qbo;

function client(tokens) {
  const settings = {
    appKey: tokens.client_id, appSecret: tokens.client_secret, redirectUrl: REDIRECT, scope: Object.values(Quickbooks.scopes).filter((each) => !/pay|intuit_name/.test(each)),
    minorversion: 75, useProduction: false, autoRefresh: false, webhookVerifierToken: 'a verifier',
  };
  return new Quickbooks(settings, tokens.realm);
}

// The refusal that `call` ends with has this code.
async function refused(code, call) {
  let error;
  try {
    await call();
  } catch (trouble) {
    error = trouble;
  }
  if (!error) throw new Wrong(`it was not refused with ${code}`);
  claim(error.errorResponse ? error.errorResponse.Fault.Error[0].code : error.message, code, 'the code of the refusal');
}

const plural = (entity) => qbo.pluralize(entity);
const offers = (name) => typeof qbo[name] === 'function';

// One entity through its functions.
class Walk {
  constructor(entity, recipe) {
    this.entity = entity;
    this.recipe = recipe;
  }

  step(name, call) {
    return offers(name) ? row(name, call) : undefined;
  }

  async get(id) {
    return (await qbo[`get${this.entity}`](id))[this.entity];
  }

  async go() {
    const { entity } = this;
    const made = await this.step(`create${entity}`, () => this.create());
    if (!made) return;
    await this.step(`get${entity}`, async () => claim(await this.get(made.Id), made, 'the object as read'));
    await this.step(`find${plural(entity)}`, () => this.find(made));
    await this.step(`count${plural(entity)}`, async () => {
      claim((await qbo[`count${plural(entity)}`]({ Id: made.Id })).QueryResponse.totalCount, 1, 'how many');
    });
    const changed = (await this.step(`update${entity}`, () => this.update(made))) || made;
    await this.step(`get${entity}Pdf`, async () => claim((await qbo[`get${entity}Pdf`](made.Id)).slice(0, 5).toString(), '%PDF-', 'a PDF'));
    await this.step(`send${entity}Pdf`, async () => claim((await qbo[`send${entity}Pdf`](made.Id, 'buyer@example.com')).EmailStatus, 'EmailSent', 'sent'));
    await this.step(`void${entity}`, () => this.void(changed));
    await this.step(`delete${entity}`, () => this.remove(made));
  }

  async create() {
    const made = (await qbo[`create${this.entity}`]({ ...this.recipe.create }))[this.entity];
    contains(made, this.recipe.create);
    for (const [path, value] of Object.entries(this.recipe.expect)) claim(at(made, path), value, path);
    return made;
  }

  async find(made) {
    for (const form of [{ Id: made.Id }, { Id: [made.Id, '999999'] }, { items: [{ field: 'Id', value: made.Id }], limit: 5 }, `select * from ${this.entity} where Id = '${made.Id}'`]) {
      const rows = (await qbo[`find${plural(this.entity)}`](form)).QueryResponse[this.entity];
      claim(rows, [await this.get(made.Id)], `the rows for ${JSON.stringify(form)}`);
    }
    const all = (await qbo[`find${plural(this.entity)}`]({ limit: 10, fetchAll: true, sort: [['MetaData.CreateTime', 'DESC'], ['MetaData.LastUpdatedTime', 'ASC']] })).QueryResponse[this.entity];
    claim(all.filter((each) => each.Id === made.Id).length, 1, 'how often it is among all of them');
  }

  async update(made) {
    const changed = (await qbo[`update${this.entity}`]({ ...made, ...this.recipe.change, sparse: true }))[this.entity];
    contains(changed, { ...this.recipe.change, Id: made.Id, SyncToken: '1' });
    await refused('5010', () => qbo[`update${this.entity}`]({ ...made, ...this.recipe.change, sparse: true }));
    return changed;
  }

  async void(made) {
    const before = await this.get(made.Id);
    await qbo[`void${this.entity}`]({ ...before });
    if (this.entity !== 'Payment') claim((await this.get(made.Id)).TotalAmt, 0, 'TotalAmt of a void');
  }

  async remove(made) {
    const { Id, SyncToken } = await this.get(made.Id);
    claim((await qbo[`delete${this.entity}`]({ Id, SyncToken }))[this.entity].status, 'Deleted', 'the answer');
    await refused('610', () => qbo[`get${this.entity}`](Id));
  }
}

// A token for the code that a person's consent gives.
async function consented() {
  const address = Quickbooks.authorizeUrl(qbo.config, 'a state');
  const answer = await axios.get(`${address}&realmId=${given.realm}`, { maxRedirects: 0, validateStatus: (status) => status === 302 });
  return qbo.createToken(new URL(answer.headers.location).searchParams.get('code'));
}

async function signIn() {
  await row('createToken', async () => {
    const made = await consented();
    claim([made.expires_in, made.token_type], [3600, 'bearer'], 'the answer');
  });
  await row('getToken', async () => claim((await qbo.getToken()).realmID, given.realm, 'the company'));
  await row('getTokenWithRefresh', async () => claim(await qbo.getTokenWithRefresh(), await qbo.getToken(), 'the token'));
  await row('saveToken', async () => claim((await qbo.saveToken(await qbo.getToken())).realmID, given.realm, 'the company'));
  await row('validateIdToken', async () => claim(await qbo.validateIdToken(), true, 'the id token'));
  await row('getPublicKey', async () => {
    const [key] = (await axios.get(Quickbooks.JWKS_URL)).data.keys;
    claim(qbo.getPublicKey(key.n, key.e).includes('PUBLIC KEY'), true, 'the key as PEM');
  });
  await row('getUserInfo', async () => claim(Boolean((await qbo.getUserInfo()).sub), true, 'who it is'));
  const refreshed = async (call) => {
    const before = (await qbo.getToken()).access_token;
    await call((await qbo.getToken()).refresh_token);
    claim((await qbo.getToken()).access_token !== before, true, 'a new token');
  };
  await row('refreshAccessToken', () => refreshed(() => qbo.refreshAccessToken()));
  await row('refreshWithAccessToken', () => refreshed((token) => qbo.refreshWithAccessToken(token)));
  await row('refreshAcessTokenWithToken', () => refreshed((token) => qbo.refreshAcessTokenWithToken(token)));
}

// The methods beneath the entities' own.
async function plumbing(labels, recipes) {
  const term = { Name: 'Plumbed', DueDays: 3 };
  let made;
  await row('create', async () => { made = (await qbo.create('Term', term)).Term; contains(made, term); });
  await row('read', async () => claim((await qbo.read('Term', made.Id)).Term, made, 'as read'));
  await row('update', async () => claim((await qbo.update('Term', { ...made, DueDays: 4 })).Term.DueDays, 4, 'the change'));
  await row('query', async () => claim((await qbo.query('Term', { Id: made.Id })).QueryResponse.Term.length, 1, 'the rows'));
  await row('queryCount', async () => claim((await qbo.queryCount('Term', { Id: made.Id })).QueryResponse.totalCount, 1, 'how many'));
  await row('request', async () => claim(typeof (await qbo.request('get', { url: '/preferences' }, null)).Preferences, 'object', 'the settings'));
  await row('requestPdf', async () => claim((await qbo.requestPdf('Invoice', labels.invoice)).slice(0, 5).toString(), '%PDF-', 'a PDF'));
  await row('report', async () => claim((await qbo.report('TrialBalance', {})).Header.ReportName, 'TrialBalance', 'its name'));
  const bill = async (number) => (await qbo.create('Bill', { ...recipes.Bill.create, DocNumber: number })).Bill;
  await row('delete', async () => claim((await qbo.delete('Bill', await bill('P-1'))).Bill.status, 'Deleted', 'its status'));
  await row('void', async () => {
    const invoice = (await qbo.create('Invoice', { ...recipes.Invoice.create, DocNumber: 'P-2' })).Invoice;
    claim((await qbo.void('Invoice', invoice)).Invoice.TotalAmt, 0, 'TotalAmt');
  });
  await row('pluralize', () => claim(['Class', 'Currency'].map(qbo.pluralize), ['Classes', 'Currencies'], 'words'));
  await row('unwrap', () => claim(qbo.unwrap({ Term: 1 }, 'Term'), 1, 'the object'));
  await row('verifyWebhook', () => {
    const body = [{ specversion: '1.0' }];
    const signed = crypto.createHmac('sha256', 'a verifier').update(JSON.stringify(body)).digest('base64');
    claim([qbo.verifyWebhook(body, signed), qbo.verifyWebhook(body, 'x')], [true, false], 'the signatures');
  });
  await row('batch', async () => {
    const items = [{ bId: '1', operation: 'create', Customer: { DisplayName: 'Batch' } }, { bId: '2', Query: 'select * from Term maxresults 2' }];
    const answers = (await qbo.batch(items)).BatchItemResponse;
    claim([answers[0].Customer.DisplayName, answers[1].QueryResponse.Term.length], ['Batch', 2], 'the answers');
  });
  await row('changeDataCapture', async () => {
    const found = (await qbo.changeDataCapture(['Customer', 'Invoice'], new Date(Date.now() - 3600000))).CDCResponse[0].QueryResponse;
    claim(found.find((each) => each.Customer).Customer.some((each) => each.Id === labels.customer), true, 'the customer');
  });
  let file;
  await row('upload', async () => {
    file = (await qbo.upload('walk.csv', 'text/csv', Buffer.from('a,b\n'), 'Invoice', labels.invoice)).AttachableResponse[0].Attachable;
    claim([file.FileName, file.Size, file.AttachableRef[0].EntityRef.value], ['walk.csv', 4, labels.invoice], 'the file');
  });
  await row('updateAttachable', async () => claim((await qbo.updateAttachable({ ...file, Note: 'kept' })).Attachable.Note, 'kept', 'its note'));
  await row('download', () => qbo.download(file.Id));
}

async function lists() {
  for (const name of Object.keys(qbo).filter((each) => /^report./.test(each))) {
    await row(name, async () => claim(Object.keys(await qbo[name]({ start_date: '2026-01-01', end_date: '2026-12-31' })).sort(), ['Columns', 'Header', 'Rows'], 'the parts'));
  }
  for (const entity of ['TaxCode', 'TaxRate', 'Budget']) {
    const Id = given.existing[entity];
    if (offers(`get${entity}`)) await row(`get${entity}`, async () => claim((await qbo[`get${entity}`](Id))[entity].Id, Id, 'the id'));
    await row(`find${plural(entity)}`, async () => claim((await qbo[`find${plural(entity)}`]({ Id })).QueryResponse[entity].map((each) => each.Id), [Id], 'the rows'));
    await row(`count${plural(entity)}`, async () => claim((await qbo[`count${plural(entity)}`]({ Id })).QueryResponse.totalCount, 1, 'how many'));
  }
  const code = (await qbo.getTaxCode(given.existing.TaxCode)).TaxCode;
  await row('updateTaxCode', async () => claim((await qbo.updateTaxCode({ ...code, Description: 'Walked', sparse: true })).TaxCode.Description, 'Walked', 'the change'));
  const rate = (await qbo.getTaxRate(given.existing.TaxRate)).TaxRate;
  await row('updateTaxRate', () => qbo.updateTaxRate(rate));
  await row('createTaxService', async () => {
    const detail = { TaxRateName: 'Promised Rate', RateValue: '5', TaxAgencyId: '1', TaxApplicableOn: 'Sales' };
    claim((await qbo.createTaxService({ TaxCode: 'Promised Tax', TaxRateDetails: [detail] })).TaxCode, 'Promised Tax', 'the code');
  });
  for (const [entity, id, many] of [['CompanyInfo', given.realm, 'CompanyInfos'], ['Preferences', undefined, 'Preferenceses']]) {
    const found = await row(`get${entity}`, async () => (await qbo[`get${entity}`](id))[entity]);
    await row(`find${many}`, async () => claim((await qbo[`find${many}`]()).QueryResponse[entity], [found], 'the row'));
    await row(`count${many}`, async () => claim((await qbo[`count${many}`]()).QueryResponse.totalCount, 1, 'how many'));
    await row(`update${entity}`, async () => contains((await qbo[`update${entity}`]({ ...found, sparse: true }))[entity], { Id: found.Id }));
  }
  await row('createJournalCode', () => qbo.createJournalCode({ Name: 'WALK', Type: 'Others' }));
  await row('getJournalCode', () => qbo.getJournalCode('1'));
  await row('updateJournalCode', () => qbo.updateJournalCode({ Id: '1', SyncToken: '0', Name: 'WALK' }));
  await row('deleteJournalCode', () => qbo.deleteJournalCode({ Id: '1', SyncToken: '0' }));
  await row('findJournalCodes', async () => claim((await qbo.findJournalCodes()).QueryResponse, {}, 'the rows'));
  await row('countJournalCodes', async () => claim((await qbo.countJournalCodes()).QueryResponse.totalCount, 0, 'how many'));
}

async function currencies() {
  const here = qbo;
  qbo = client(given.several);
  await qbo.saveToken({ access_token: given.several.access_token, refresh_token: given.several.refresh_token, expires_in: 3600, x_refresh_token_expires_in: 8726400 });
  await row('getExchangeRate', async () => claim((await qbo.getExchangeRate({ sourcecurrencycode: 'CAD' })).ExchangeRate.SourceCurrencyCode, 'CAD', 'the rate'));
  await row('findExchangeRates', async () => claim((await qbo.findExchangeRates({ SourceCurrencyCode: 'CAD' })).QueryResponse.ExchangeRate.length, 1, 'the rows'));
  await row('countExchangeRates', async () => claim((await qbo.countExchangeRates({ SourceCurrencyCode: 'CAD' })).QueryResponse.totalCount, 1, 'how many'));
  await row('updateExchangeRate', () => qbo.updateExchangeRate({ SourceCurrencyCode: 'CAD', Rate: 1 }));
  qbo = here;
}

async function main() {
  qbo = client(given);
  report.offered = Object.keys(qbo).filter(offers).map((name) => `quickbooks-node-promise.${name}`);
  await signIn();
  const labels = {};
  for (const [label, entity, wish] of given.ground) labels[label] = (await qbo.create(entity, labelled(wish, labels)))[entity].Id;
  const recipes = labelled(given.recipes, labels);
  for (const [entity, recipe] of Object.entries(recipes)) await new Walk(entity, recipe).go();
  await plumbing(labels, recipes);
  await lists();
  await currencies();
  await row('revokeAccess', async () => {
    claim((await qbo.revokeAccess(true)).status, 200, 'the status');
    await refused('Unauthorized', () => qbo.getPreferences());
  });
  const { refresh_token: token } = await consented();
  await row('revokeAccessOtherToken', async () => claim((await qbo.revokeAccessOtherToken(token)).status, 200, 'the status'));
  report.finish();
}

main();
