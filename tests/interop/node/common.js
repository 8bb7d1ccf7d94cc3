// What the programs of this directory share: settings, reports, and a client of the SDK.
'use strict';

const fs = require('node:fs');
const sdk = require('@baiducloud/sdk');

// Endpoint and long-term key, one JSON object on standard input.
function settings() {
  return JSON.parse(fs.readFileSync(0, 'utf8'));
}

// One line of JSON for one case; `kind` is `key` or `token`.
function report(name, through, kind, result, detail = '') {
  const line = {case: name, through, credentials: kind, result, detail};
  fs.writeSync(1, `${JSON.stringify(line)}\n`);
}

// Makes the call and reports what the service made of it; null unless it was accepted.
async function attempt(name, through, kind, call) {
  try {
    const response = await call();
    report(name, through, kind, 'accepted');
    return response.body;
  } catch (error) {
    if (error.code && error.status_code) {
      report(name, through, kind, 'refused', error.code);
    } else {
      report(name, through, kind, 'failed', error.message ?? String(error));
    }
    return null;
  }
}

function configuration(endpoint, keys) {
  const config = {endpoint, credentials: {ak: keys.accessKeyId, sk: keys.secretAccessKey}};
  return keys.sessionToken ? {...config, sessionToken: keys.sessionToken} : config;
}

const BASE_CLIENT = 'BceBaseClient';

// The SDK's base client, which signs and sends for all of its clients.
class Client extends sdk.BceBaseClient {
  constructor(endpoint, keys) {
    super(configuration(endpoint, keys), 'aihc', true);
  }

  aihc(action, query = {}, body = null) {
    return this.sendRequest(action.startsWith('Describe') ? 'GET' : 'POST', '/', {
      params: {action, ...query},
      headers: {version: 'v2'},
      body: body && JSON.stringify(body),
    });
  }

  getSessionToken() {
    return this.sendRequest('POST', '/v1/sessionToken', {params: {durationSeconds: 3600}});
  }

  assumeRole() {
    const params = {assumeRole: '', accountId: 'account/1', roleName: 'role a+b'};
    return this.sendRequest('POST', '/v1/credential', {params});
  }
}

module.exports = {settings, report, attempt, configuration, Client, BASE_CLIENT};
