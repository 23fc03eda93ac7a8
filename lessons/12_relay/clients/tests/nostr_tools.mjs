// Publishes, subscribes, counts, authenticates. Ends with status 1 at the first thing that isn't as it should be.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from "nostr-tools/pure";
import { Relay, useWebSocketImplementation } from "nostr-tools/relay";

useWebSocketImplementation(WebSocket);
const url = process.argv[2];
setTimeout(() => {
  console.error("no end in a minute");
  process.exit(1);
}, 60_000).unref();

const secret = generateSecretKey();
const author = getPublicKey(secret);
const sign = (kind, content, tags = [], created_at = Math.floor(Date.now() / 1000)) =>
  finalizeEvent({ kind, content, tags, created_at }, secret);
const plain = ({ id, pubkey, created_at, kind, tags, content, sig }) => ({
  id, pubkey, created_at, kind, tags, content, sig,
});

const writer = await Relay.connect(url);
const reader = await Relay.connect(url);

/** Subscribes; `stored` is settled at EOSE, `next` waits for one more event. */
function subscribe(relay, filters) {
  const events = [];
  const waiting = [];
  let eose;
  const stored = new Promise((resolve) => (eose = () => resolve(events.splice(0))));
  const subscription = relay.subscribe(filters, {
    onevent(event) {
      const first = waiting.shift();
      first ? first(event) : events.push(event);
    },
    oneose: () => eose(),
  });
  const next = () =>
    events.length > 0 ? Promise.resolve(events.shift()) : new Promise((resolve) => waiting.push(resolve));
  return { subscription, stored, next };
}

const odd = 'line\nquote" back\\slash tab\t \u{1f600} \u2028 \\u0026';
const first = sign(1, odd, [["t", "rust"]], 1_000);
const second = sign(1, "second", [["e", first.id]], 2_000);
for (const event of [first, second]) await writer.publish(event);

const live = subscribe(reader, [{ authors: [author], kinds: [1] }, { "#t": ["rust"] }]);
const stored = await live.stored;
assert.deepEqual(stored.map(plain), [second, first].map(plain));
assert.ok(stored.every((event) => verifyEvent(plain(event))));
const third = sign(1, "live");
await writer.publish(third);
assert.deepEqual(plain(await live.next()), plain(third));
live.subscription.close();

assert.equal(await reader.count([{ authors: [author] }], {}), 3);
assert.equal(await reader.count([{ "#e": [first.id] }], {}), 1);

const forged = { ...plain(sign(1, "genuine")), content: "changed" };
await assert.rejects(writer.publish(forged), /invalid/);

const guarded = sign(1, "mine", [["-"]]);
await assert.rejects(writer.publish(guarded), /auth-required/);
await writer.auth(async (template) => finalizeEvent(template, secret));
await writer.publish(guarded);

await writer.publish(sign(5, "", [["e", first.id]]));
const left = subscribe(reader, [{ ids: [first.id, second.id, guarded.id] }]);
assert.deepEqual((await left.stored).map((event) => event.id), [guarded.id, second.id]);

writer.close();
reader.close();
console.log("all is well");
process.exit(0);
