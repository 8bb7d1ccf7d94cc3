//! The text of `--help`.

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
A local AIHC and STS server: checks signatures, keeps everything in memory.

Usage: aihc-emulator --access-key AK --secret-key SK [OPTIONS]

Where it listens, and whom it knows
  --listen ADDRESS   address to listen on; 127.0.0.1:0, a free port, by default
  --control ADDRESS  address of the control interface; there is none by default.
                     It asks for no signature: keep it where others cannot reach it
  --access-key AK    access key id that is accepted for everything
  --secret-key SK    secret access key that belongs to it
  --keys FILE        more access keys, as JSON; see below. With it, --access-key and
                     --secret-key can be left out

How it behaves
  --time-scale X     emulated seconds in a real second; 1 by default
  --profile NAME     documented, usual or lenient: how literally the documentation is
                     taken; usual by default
  --quirks LIST      variants of answers that some source shows, as in
                     zero-values,sts-times:
                       event-types, invalid-param, signature-status, sts-response-shape,
                       sts-secret-name, sts-times, timed-stop-types, zero-values
                     and others that none shows:
                       accounts-as-numbers, counts-as-text, extra-member,
                       flags-as-numbers, in-data, list-as-object, missing-member,
                       no-request-id, not-found-code, not-found-status,
                       renamed-member, snake-case, text-for-object,
                       times-in-milliseconds, times-with-space, unknown-state,
                       wrong-count
  --region CODE      region that answers show; bj by default
  --resources FILE   the pools, queues, datasets and models that there are, as JSON, in
                     place of one pool, two queues and a dataset; none stands for no file
  --seed N           makes ids and everything that is left to chance repeatable
  --scenario LIST    what does not go smoothly, as in capacity=2,idle-stop=600:
                       read-after-write=SECONDS   reads lag behind writes
                       capacity=N                 others wait in state 1
                       preemption=true            priority high takes places
                       deployment-failure=P       from 0 to 1
                       job-failure=P              from 0 to 1
                       idle-stop=SECONDS          stops what runs that long
  --delays LIST      how long steps take in emulated seconds, as in queued=600:
                       creating, queued, deploying, starting, stopping, deleting,
                       image-packing, job-running, deleted-visible

What it keeps, and what it takes
  --restore FILE     begins with what is in a snapshot
  --save FILE        writes a snapshot when it ends; only its owner may read the file
  --max-connections N  so many connections at once, others wait; 4096 by default

  --help             print this text

The first line on standard output is `aihc-emulator listening on http://ADDRESS`; with
--control the second is `aihc-emulator control on http://ADDRESS`. SIGINT and SIGTERM end it.

Examples
  A server that runs a new dev instance after 0.4 s:
    aihc-emulator --listen 127.0.0.1:7070 --access-key AK --secret-key SK --time-scale 20

  The same, and then two failures on request:
    aihc-emulator --listen 127.0.0.1:7070 --control 127.0.0.1:7071 \\
        --access-key AK --secret-key SK
    curl -d '{\"action\": \"CreateDevInstance\", \"times\": 2, \"status\": 503}' \\
        http://127.0.0.1:7071/faults

  A busy pool where a fifth of all deployments fail, the same ones each time:
    aihc-emulator --access-key AK --secret-key SK --seed 7 \\
        --scenario capacity=2,preemption=true,deployment-failure=0.2

  Pools, queues, datasets and models of your own; docs/resources.md has the members:
    aihc-emulator --access-key AK --secret-key SK --resources resources.json

  A key that may only read, in keys.json:
    [{\"accessKeyId\": \"reader\", \"secretAccessKey\": \"r\", \"allow\": [\"Describe*\"]}]
  whose other members are user, disabled and deny:
    aihc-emulator --keys keys.json
";
