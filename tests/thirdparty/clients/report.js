// What a Node client's driver tells the test: the same rows as report.py.
'use strict';

const { isDeepStrictEqual, inspect } = require('util');

class Wrong extends Error {}

// `found` is `expected`.
function claim(found, expected, what) {
  if (!isDeepStrictEqual(found, expected)) throw new Wrong(`${what}: ${inspect(found)} instead of ${inspect(expected)}`);
}

// The value under a dotted path; list places are counted from 0.
function at(object, path) {
  return path.split('.').reduce((value, step) => (value === undefined || value === null ? undefined : value[step]), object);
}

// Everything that was sent is in the answer.
function contains(found, sent, path = '') {
  if (sent !== null && typeof sent === 'object') {
    for (const [name, value] of Object.entries(sent)) contains((found || {})[name], value, `${path}.${name}`);
  } else {
    claim(found, sent, path);
  }
}

// `value` with every `@label` replaced by its id.
function labelled(value, labels) {
  if (Array.isArray(value)) return value.map((each) => labelled(each, labels));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, labelled(each, labels)]));
  }
  return typeof value === 'string' && value.startsWith('@') ? labels[value.slice(1)] : value;
}

// What an error of any of the clients says: the fault of its answer where it has one.
function said(error) {
  const body = error && (error.Fault ? error : (error.response && error.response.data) || error.errorResponse);
  const fault = body && (body.Fault || body.fault);
  const first = fault && (fault.Error || fault.error)[0];
  if (first) return `Fault ${first.code}: ${first.Message || first.message}: ${first.Detail || first.detail}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
}

class Report {
  constructor() {
    this.offered = [];
    this.rows = [];
  }

  // One operation; its result, undefined where it failed.
  async attempt(entity, operation, call) {
    const row = { entity, operation, ok: true, detail: '' };
    this.rows.push(row);
    try {
      return await call();
    } catch (trouble) {
      row.ok = false;
      row.detail = said(trouble);
      return undefined;
    }
  }

  finish() {
    process.stdout.write(JSON.stringify({ offered: [...new Set(this.offered)].sort(), rows: this.rows }));
  }
}

function plan() {
  return JSON.parse(require('fs').readFileSync(0, 'utf8'));
}

module.exports = { Report, Wrong, at, claim, contains, labelled, plan, said };
