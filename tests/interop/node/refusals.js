// Requests of the official JavaScript SDK that are not to be trusted.
//
// Most are signed as one request and sent as another: what somebody in the middle would make of it.
'use strict';

const {Auth} = require('@baiducloud/sdk');
const common = require('./common.js');

const BODY = {id: 'interop', accessControlList: []};
// Blanks around it, and what an encoder may get wrong.
const META = '  a+b %20%/&=~*\'()!"<>\\^`{|}  ';
const HOUR = 3600;

const CHANGES = {
  'request as signed': () => {},
  'changed method': (request) => (request.method = 'PUT'),
  'changed path': (request) => (request.path = '/v1/credential'),
  'changed query': (request) => (request.params.durationSeconds = 901),
  'added query parameter': (request) => delete request.params.durationSeconds,
  'changed header': (request) => (request.headers['Content-Type'] = 'text/plain'),
  'changed host': (request) => (request.headers.Host = 'aihc.bj.baidubce.com'),
  'changed body length': (request) => (request.headers['Content-Length'] += 1),
  'expired signature': (request) => (request.timestamp -= HOUR),
};
const changeToken = (request) => (request.headers['x-bce-security-token'] += 'x');

class Tampered extends common.Client {
  constructor(endpoint, keys, change, ahead = 0) {
    super(endpoint, keys);
    this.change = change;
    this.ahead = ahead;
  }

  // As the SDK's own, but for what `change` does.
  createSignature(credentials, method, path, params, headers) {
    const timestamp = Math.floor(Date.now() / 1000) + this.ahead;
    headers['x-bce-date'] = new Date(timestamp * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    const request = {method, path, params: {...params}, headers: {...headers}, timestamp};
    this.change(request);
    return new Auth(credentials.ak, credentials.sk).generateAuthorization(
      request.method,
      request.path,
      request.params,
      request.headers,
      request.timestamp,
    );
  }

  send() {
    return this.sendRequest('POST', '/v1/sessionToken', {
      params: {durationSeconds: 900},
      headers: {'X-Bce-Interop': META},
      body: JSON.stringify(BODY),
    });
  }
}

function leaveOut(name, kind, why) {
  common.report(name, common.BASE_CLIENT, kind, 'left out', why);
}

async function main() {
  const {endpoint, access_key_id, secret_access_key} = common.settings();
  const key = {accessKeyId: access_key_id, secretAccessKey: secret_access_key};
  const issued = await new common.Client(endpoint, key).getSessionToken();
  const {accessKeyId, secretAccessKey, sessionToken} = issued.body;
  const session = {accessKeyId, secretAccessKey, sessionToken};
  const unchanged = CHANGES['request as signed'];

  function expect(name, kind, keys, change = unchanged, ahead = 0) {
    const client = new Tampered(endpoint, keys, change, ahead);
    return common.attempt(name, common.BASE_CLIENT, kind, () => client.send());
  }

  for (const [kind, keys] of [['key', key], ['token', session]]) {
    for (const [name, change] of Object.entries(CHANGES)) {
      await expect(name, kind, keys, change);
    }
    await expect('date of tomorrow', kind, keys, unchanged, 24 * HOUR);
    const wrongSecret = {...keys, secretAccessKey: `${keys.secretAccessKey}x`};
    await expect('wrong secret key', kind, wrongSecret);
    await expect('unknown access key', kind, {...keys, accessKeyId: `${keys.accessKeyId}x`});
    leaveOut('added x-bce header', kind, 'the SDK lists what it signs, and nothing else counts');
    leaveOut('changed body of the same length', kind, 'bce-auth-v1 does not sign the body');
  }

  await expect('no session token', 'token', {accessKeyId, secretAccessKey});
  await expect('another session token', 'token', {...session, sessionToken: `${sessionToken}x`});
  await expect('changed session token', 'token', session, changeToken);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
