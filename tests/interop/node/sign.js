// The signer of the official JavaScript SDK, as a service: a line with a list of requests on
// standard input is answered by a line with the list of their authorizations.
'use strict';

const readline = require('node:readline');
const {Auth} = require('@baiducloud/sdk');

// Path and query parameters of a request target as it was on the wire.
function partsOf(target) {
  const [path, query = ''] = target.split(/\?(.*)/s);
  const params = {};
  for (const piece of query.split('&').filter(Boolean)) {
    const [key, value = ''] = piece.split(/=(.*)/s);
    params[decodeURIComponent(key)] = decodeURIComponent(value);
  }
  return {path, params};
}

function authorization(request) {
  const {path, params} = partsOf(request.target);
  return new Auth(request.access_key_id, request.secret_access_key).generateAuthorization(
    request.method,
    path,
    params,
    Object.fromEntries(request.headers),
    request.timestamp,
    request.expire_seconds,
    request.headers_to_sign,
  );
}

readline.createInterface({input: process.stdin}).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(authorization))}\n`);
});
