//! The text of `--help`.

/// The text that `--help` prints.
pub(crate) const USAGE: &str = "\
A local AIHC and STS server: checks signatures, keeps everything in memory.

Usage: aihc-emulator --access-key AK --secret-key SK [OPTIONS]

Addresses and access keys
  --listen ADDRESS   address to listen on; by default 127.0.0.1:0, which picks a free port
  --control ADDRESS  address of the control interface; there is none by default.
                     It requires no signature: choose one that others cannot reach
  --access-key AK    access key id with all permissions
  --secret-key SK    secret access key that belongs to it
  --keys FILE        more access keys, as JSON; see below. With this option,
                     --access-key and --secret-key can be left out

Behaviour
  --time-scale X     emulated seconds per real second; 1 by default
  --profile NAME     documented, usual or lenient: how literally the documentation is
                     followed; usual by default
  --quirks LIST      variants of responses that some source shows, as in
                     zero-values,sts-times:
                       event-types, invalid-param, signature-status, sts-response-shape,
                       sts-secret-name, sts-times, timed-stop-types, zero-values
                     and others that no source shows:
                       accounts-as-numbers, counts-as-text, extra-member,
                       flags-as-numbers, in-data, list-as-object, missing-member,
                       no-request-id, not-found-code, not-found-status,
                       renamed-member, snake-case, text-for-object,
                       times-in-milliseconds, times-with-space, unknown-state,
                       wrong-count
  --region CODE      region in responses; bj by default
  --resources FILE   pools, queues, datasets and models, as JSON, in place of one pool,
                     two queues and a dataset; none means that there are none
  --seed N           makes ids and all random choices repeatable
  --scenario LIST    what goes wrong, as in capacity=2,idle-stop=600:
                       read-after-write=SECONDS   reads lag behind writes
                       capacity=N                 others wait in state 1
                       preemption=true            priority high preempts others
                       deployment-failure=P       probability from 0 to 1
                       job-failure=P              probability from 0 to 1
                       idle-stop=SECONDS          stops instances that have run that long
  --delays LIST      duration of steps in emulated seconds, as in queued=600:
                       creating, queued, deploying, starting, stopping, deleting,
                       image-packing, job-running, deleted-visible

Snapshots and limits
  --restore FILE     begin with the contents of a snapshot
  --save FILE        write a snapshot at the end; only its owner may read the file
  --max-connections N  connections at a time, others wait; 4096 by default

  --help             print this text

The first line on standard output is `aihc-emulator listening on http://ADDRESS`; with
--control the second is `aihc-emulator control on http://ADDRESS`. SIGINT and SIGTERM end it.

Examples
  A server on which a new dev instance is running after 0.4 s:
    aihc-emulator --listen 127.0.0.1:7070 --access-key AK --secret-key SK --time-scale 20

  A server with a control interface, and then two injected failures:
    aihc-emulator --listen 127.0.0.1:7070 --control 127.0.0.1:7071 \\
        --access-key AK --secret-key SK
    curl -d '{\"action\": \"CreateDevInstance\", \"times\": 2, \"status\": 503}' \\
        http://127.0.0.1:7071/faults

  A busy pool where a fifth of all deployments fail, the same ones in every run:
    aihc-emulator --access-key AK --secret-key SK --seed 7 \\
        --scenario capacity=2,preemption=true,deployment-failure=0.2

  Custom pools, queues, datasets and models; docs/resources.md describes the file:
    aihc-emulator --access-key AK --secret-key SK --resources resources.json

  A key that may only read, in keys.json:
    [{\"accessKeyId\": \"reader\", \"secretAccessKey\": \"r\", \"allow\": [\"Describe*\"]}]
  whose other members are user, disabled and deny:
    aihc-emulator --keys keys.json
";
