// What node-quickbooks' own tests find around them, loaded before them by mocha: the credentials that its author kept in a config.js,
// the lists that his build wrote (`build/*.txt` in the working folder), and the address of the emulator. Nothing of the package changes.
'use strict';

const fs = require('fs');
const path = require('path');

const credentials = JSON.parse(process.env.CREDENTIALS);
const folder = path.dirname(require.resolve('node-quickbooks'));
const QuickBooks = require('node-quickbooks');

QuickBooks.V3_ENDPOINT_BASE_URL = `${credentials.base}/v3/company/`;
const config = path.join(folder, 'config.js');
require.cache[config] = {
  id: config,
  filename: config,
  loaded: true,
  exports: {
    consumerKey: credentials.client_id, consumerSecret: credentials.client_secret, token: credentials.access_token, tokenSecret: false,
    realmId: credentials.realm, useSandbox: true, debug: false, minorversion: 75, oauthversion: '2.0', testEmail: 'buyer@example.com',
    refreshToken: credentials.refresh_token,
  },
};

const { pluralize } = QuickBooks.prototype;
const names = Object.keys(QuickBooks.prototype);
const entities = names.filter((name) => name.startsWith('find')).map((name) => name.slice(4)).map((plural) => (
  [plural.slice(0, -1), plural.slice(0, -2), `${plural.slice(0, -3)}y`].find((each) => pluralize(each) === plural)));
// TrialBalanceFR is for France, and the sandbox company is American.
const reports = names.filter((name) => name.startsWith('report') && !name.endsWith('FR')).map((name) => name.slice(6));
fs.mkdirSync('build', { recursive: true });
fs.writeFileSync('build/query.txt', entities.map((name) => name[0].toLowerCase() + name.slice(1)).join('\n'));
fs.writeFileSync('build/report.txt', reports.join('\n'));
