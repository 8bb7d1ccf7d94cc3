// Calls every operation of dev instances and of STS with the official JavaScript SDK.
'use strict';

const {setTimeout: sleep} = require('node:timers/promises');
const {STS} = require('@baiducloud/sdk');
const common = require('./common.js');

const RUNNING = 3;
const STOPPED = 5;
const STS_CLIENT = 'STS';

const NAME = '测试 a-b_c/d.1';
const HOSTILE = 'a b+c%20%/&=?#~*\'()!"<>\\^`{|}\t测é😀';

const INSTANCE = {
  name: NAME,
  conf: {
    resourcePool: {resourcePoolId: 'cce-interop', queueName: 'default'},
    resources: {cpus: 1, memory: 2},
    image: {imageType: 0, imageUrl: 'registry.example/image:v1'},
    volumnConfs: [{volumnType: 'cds', cds: {capacity: 100}, mountPath: '/.rootfs'}],
  },
  creator: 'interop',
  creatorId: 'interop-id',
};
const IMAGE = {
  imageName: 'interop',
  imageTag: 'v1',
  registry: 'registry.example',
  namespace: 'team',
  username: 'robot',
  password: 'made-up',
};
const WINDOW = {startTime: '2020-01-01T00:00:00.000Z', endTime: '2099-01-01T00:00:00.000Z'};

// One dev instance through all operations.
async function liveAndDie(client, kind) {
  function call(name, action, query, body) {
    const send = () => client.aihc(action, query, body);
    return common.attempt(name, common.BASE_CLIENT, kind, send);
  }

  async function must(action, query, body) {
    const response = await call(action, action, query, body);
    if (response === null) {
      throw new Error(`${action} with a ${kind}: what builds on it cannot be tried`);
    }
    return response;
  }

  async function waitFor(status) {
    for (let tries = 0; tries < 1000; tries++) {
      const detail = await client.aihc('DescribeDevInstance', it);
      if (detail.body.devInstance.status === status) {
        return;
      }
      await sleep(5);
    }
    throw new Error(`state ${status} does not come`);
  }

  const it = {devInstanceId: (await must('CreateDevInstance', {}, INSTANCE)).devInstanceId};
  await waitFor(RUNNING);
  await must('DescribeDevInstance', it);
  await must('DescribeDevInstanceEvents', {...it, ...WINDOW});
  for (const [name, text, count] of [
    ['DescribeDevInstances', NAME, 1],
    ['DescribeDevInstances, hostile text', HOSTILE, 0],
  ]) {
    const query = {queryKey: 'devInstanceName', queryVal: text};
    const found = await call(name, 'DescribeDevInstances', query);
    if (found?.totalCount !== count) {
      throw new Error(`${name}: not ${count} found`);
    }
  }
  await must('TimedStopDevInstance', {}, {...it, delaySec: 7200, enable: true});
  const job = await must('CreateDevInstanceImagePackJob', {}, {...it, ...IMAGE});
  const {imagePackJobId} = job;
  await must('DescribeDevInstanceImagePackJob', {...it, imagePackJobId});
  await waitFor(RUNNING);
  await must('ModifyDevInstance', {}, {...INSTANCE, id: it.devInstanceId});
  await waitFor(RUNNING);
  await must('StopDevInstance', it);
  await waitFor(STOPPED);
  await must('StartDevInstance', it);
  await waitFor(RUNNING);
  await must('DeleteDevInstance', it);
}

async function main() {
  const {endpoint, access_key_id, secret_access_key} = common.settings();
  const key = {accessKeyId: access_key_id, secretAccessKey: secret_access_key};
  const rule = {eid: 'e1', effect: 'Allow', service: 'bce:aihc', region: '*'};
  const acl = {accessControlList: [{...rule, resource: ['*'], permission: ['READ']}]};

  const session = await new common.Client(endpoint, key).getSessionToken();
  for (const [kind, keys] of [['key', key], ['token', session.body]]) {
    const sts = new STS(common.configuration(endpoint, keys));
    await common.attempt('GetSessionToken', STS_CLIENT, kind, () => sts.getSessionToken(3600, acl));
    const why = "the SDK's client does not know the operation";
    common.report('AssumeRole', STS_CLIENT, kind, 'left out', why);

    const client = new common.Client(endpoint, keys);
    const through = common.BASE_CLIENT;
    await common.attempt('GetSessionToken', through, kind, () => client.getSessionToken());
    await common.attempt('AssumeRole', through, kind, () => client.assumeRole());
    await liveAndDie(client, kind);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
