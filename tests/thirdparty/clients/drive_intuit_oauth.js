// intuit-oauth, Intuit's own client for OAuth 2 and OpenID: everything that its prototypes offer.
//
// setAuthorizeURLs points it elsewhere; what that leaves out are constants: jwks_uri, and environment for its API calls.
'use strict';

const axios = require('axios');
const OAuthClient = require('intuit-oauth');
const { Report, Wrong, claim, plan } = require('./report.js');

const given = plan();
const REDIRECT = 'http://localhost:8000/callback';
const report = new Report();
const row = (operation, call) => report.attempt('intuit-oauth', operation, call);

OAuthClient.jwks_uri = `${given.base}/op/v1/jwks`;
OAuthClient.environment.sandbox = `${given.base}/`;

function client(more = {}) {
  return new OAuthClient({
    clientId: given.client_id, clientSecret: given.client_secret, environment: 'sandbox', redirectUri: REDIRECT,
    includeRefreshTokenHardExpiresIn: true, ...more });
}

// Where consent leads: the address with code, state and realmId.
async function consent(oauth) {
  const scope = Object.values(OAuthClient.scopes).filter((each) => /accounting|openid|profile|email|phone|address/.test(each));
  const address = oauth.authorizeUri({ scope, state: 'a state' });
  const answer = await axios.get(`${address}&realmId=${given.realm}`, { maxRedirects: 0, validateStatus: (status) => status === 302 });
  claim(answer.headers.location.split('?')[0], REDIRECT, 'where consent leads');
  return answer.headers.location;
}

// `call` fails, and the error says this.
async function refused(words, call) {
  let error;
  try {
    await call();
  } catch (trouble) {
    error = trouble;
  }
  if (!error) throw new Wrong(`it was not refused with ${words}`);
  claim(JSON.stringify([error.message, error.code, error.error, error.originalMessage]).includes(words), true, `${words} in ${error.message} ${error.code}`);
}

async function signIn(oauth) {
  await row('setAuthorizeURLs', () => {
    const discovered = {
      authorizeEndpoint: '/connect/oauth2', tokenEndpoint: '/oauth2/v1/tokens/bearer', revokeEndpoint: '/v2/oauth2/tokens/revoke',
      userInfoEndpoint: '/v1/openid_connect/userinfo',
    };
    oauth.setAuthorizeURLs(Object.fromEntries(Object.entries(discovered).map(([name, path]) => [name, given.base + path])));
    claim(OAuthClient.tokenEndpoint, `${given.base}/oauth2/v1/tokens/bearer`, 'the token endpoint');
  });
  let address;
  await row('authorizeUri', async () => { address = await consent(oauth); });
  const made = await row('createToken', async () => {
    const answer = await oauth.createToken(address);
    claim([answer.json.token_type, answer.json.expires_in, answer.json.x_refresh_token_expires_in], ['bearer', 3600, 8726400], 'the answer');
    claim([oauth.getToken().realmId, oauth.getToken().state], [given.realm, 'a state'], 'realmId and state');
    await refused('invalid_grant', () => client().createToken(address));
    return answer;
  });
  await row('_tokenRequestHeaders', () => claim(made.json.x_refresh_token_hard_expires_in > 0, true, 'the hard end that its header asks for'));
  return made;
}

async function tokens(oauth) {
  await row('validateIdToken', async () => claim(await oauth.validateIdToken(), true, 'the id token'));
  const read = JSON.parse(Buffer.from((oauth.getToken().id_token || '.').split('.')[0] || '{}', 'base64').toString() || '{}');
  const asked = { url: OAuthClient.jwks_uri, method: 'GET' };
  await row('getKeyFromJWKsURI', async () => claim((await oauth.getKeyFromJWKsURI(oauth.getToken().id_token, read.kid, asked)).iss, 'https://oauth.platform.intuit.com/op/v1', 'the issuer'));
  await row('loadResponseFromJWKsURI', async () => claim((await oauth.loadResponseFromJWKsURI(OAuthClient.jwks_uri)).data.keys.length > 0, true, 'the keys'));
  await row('getPublicKey', async () => {
    const [key] = (await axios.get(OAuthClient.jwks_uri)).data.keys;
    claim(oauth.getPublicKey(key.n, key.e).startsWith('-----BEGIN RSA PUBLIC KEY-----'), true, 'the key as PEM');
  });
  await row('getUserInfo', async () => {
    const said = (await oauth.getUserInfo()).json;
    claim([typeof said.sub, said.emailVerified, said.email.includes('@')], ['string', true, true], 'who it is');
  });
  for (const name of ['refresh', 'refreshUsingToken']) {
    await row(name, async () => {
      const before = oauth.getToken().access_token;
      const answer = await (name === 'refresh' ? oauth.refresh() : oauth.refreshUsingToken(oauth.getToken().refresh_token));
      claim([answer.json.expires_in, oauth.getToken().access_token !== before], [3600, true], 'the answer');
    });
  }
  await row('isAccessTokenValid', () => claim(oauth.isAccessTokenValid(), true, 'its life'));
  await row('validateToken', () => claim(oauth.validateToken(), true, 'its life'));
}

async function calls(oauth) {
  const path = `v3/company/${given.realm}`;
  await row('makeApiCall', async () => {
    const read = await oauth.makeApiCall({ url: `${path}/companyinfo/${given.realm}`, params: { minorversion: 75 } });
    claim([read.status, typeof read.json.CompanyInfo.CompanyName], [200, 'string'], 'the company');
    const made = await oauth.makeApiCall({ url: `/${path}/customer`, method: 'POST', body: { DisplayName: 'Called' } });
    claim(made.json.Customer.DisplayName, 'Called', 'the customer');
    await refused('6240', () => oauth.makeApiCall({ url: `${path}/customer`, method: 'POST', body: { DisplayName: 'Called' } }));
    await refused('401', () => client().makeApiCall({ url: `${path}/preferences` }));
  });
  await row('getTokenRequest', async () => {
    const headers = { Authorization: `Bearer ${oauth.getToken().access_token}`, Accept: 'application/json' };
    const answer = await oauth.getTokenRequest({ url: `${given.base}/${path}/preferences`, method: 'GET', headers });
    const found = [answer.valid(), answer.isJson(), answer.status(), answer.getIntuitTid().length > 0];
    claim(found, [true, true, 200, true], 'valid, JSON, status and intuit_tid');
    claim([answer.getContentType().split(';')[0], answer.isContentType('application/json')], ['application/json', true], 'the type');
    claim([answer.getJson().Preferences.Id, JSON.parse(answer.text()).Preferences.Id], ['1', '1'], 'the body');
  });
  await row('loadResponse', async () => claim((await oauth.loadResponse({ url: OAuthClient.jwks_uri, method: 'GET' })).status, 200, 'the status'));
  await row('validateResponse', () => claim(oauth.validateResponse({ status: 200, headers: {} }), true, 'the response'));
}

// What asks nobody.
async function local(oauth) {
  await row('authHeader', () => claim(Buffer.from(oauth.authHeader(), 'base64').toString(), `${given.client_id}:${given.client_secret}`, 'the header'));
  await row('getEnvironmentURI', () => claim(oauth.getEnvironmentURI(), `${given.base}/`, 'the address'));
  await row('getQBOEnvironmentURI', () => claim(oauth.getQBOEnvironmentURI(), 'https://sandbox.qbo.intuit.com/app/', 'the address'));
  await row('createError', () => claim(oauth.createError(new Error('words')).originalMessage, 'words', 'the error'));
  await row('shouldRetry', () => claim([oauth.shouldRetry({ response: { status: 503 } }, 0), oauth.shouldRetry({ response: { status: 400 } }, 0)], [true, false], 'whether'));
  await row('log', () => claim(oauth.log('info', 'words'), undefined, 'nothing'));
  await row('getToken', () => claim(oauth.getToken().refreshToken(), oauth.getToken().refresh_token, 'the token'));
  await row('setToken', () => {
    const other = client();
    other.setToken({ ...oauth.getToken().getToken(), createdAt: Date.now() });
    claim(other.getToken().access_token, oauth.getToken().access_token, 'the token');
  });
}

async function main() {
  report.offered = Object.keys(OAuthClient.prototype).filter((name) => typeof OAuthClient.prototype[name] === 'function').map((name) => `intuit-oauth.${name}`);
  const oauth = client();
  await signIn(oauth);
  await tokens(oauth);
  await calls(oauth);
  await local(oauth);
  await row('revoke', async () => {
    const token = oauth.getToken().refresh_token;
    await oauth.revoke({ refresh_token: token });
    await refused('invalid_grant', () => oauth.refreshUsingToken(token));
  });
  report.finish();
}

main();
