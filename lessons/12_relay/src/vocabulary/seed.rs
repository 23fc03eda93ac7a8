//! Dictionary 0: what strings of events are made of, as far as one knows before seeing any.
//!
//! What is likeliest stands last, where it is cheapest to refer to. `\xff` ends a string of a tag and `\xfe` stands for 64
//! digits of hex, as in [`record`](crate::store::record). Never edited, since records depend on it: a better dictionary is
//! trained from the database.

pub(crate) const SEED: &[u8] = b"\
Morgen Abend heute schon noch immer wieder einfach mehr viele kann nicht das ist ein eine und der die ich wir \
buenos dias gracias para una pero como todo esta muy que los las por con el la de en un \
bom dia obrigado mais isso voc\xc3\xaa n\xc3\xa3o uma para que com de um o a \
\xe3\x81\x8a\xe3\x81\xaf\xe3\x82\x88\xe3\x81\x86\xe3\x81\x94\xe3\x81\x96\xe3\x81\x84\xe3\x81\xbe\xe3\x81\x99\
\xe3\x81\xa7\xe3\x81\x99\xe3\x81\x97\xe3\x81\x9f\xe3\x80\x82\xe3\x80\x81\xe3\x81\xa3\xe3\x81\xa6\xe3\x81\x84\xe3\x82\x8b\
\xe3\x81\xae\xe3\x81\xab\xe3\x81\xaf\xe3\x82\x92\xe3\x81\x8c\xe3\x81\xa8\xe3\x82\x82 \
\xf0\x9f\xab\xa1\xf0\x9f\xa4\x99\xf0\x9f\x8f\xbb\xf0\x9f\x98\x82\xf0\x9f\x98\x82\xf0\x9f\xa4\xa3\xf0\x9f\x94\xa5\xf0\x9f\x92\x9c\xf0\x9f\x98\x85\
\xf0\x9f\x98\x81\xf0\x9f\x98\x8a\xf0\x9f\x91\x80\xf0\x9f\x91\x8d\xe2\x9a\xa1\xef\xb8\x8f\xe2\x9d\xa4\xef\xb8\x8f \
government money market price network protocol privacy freedom community developer software release version update \
available everyone everything something someone anything because through another without between should really \
thought thanks thank you very much good morning happy birthday weekend looking forward to see what happens next \
don't can't it's I'm that's you're I've doesn't didn't isn't won't they're let's there's we're \
would could about their which there people think after first right great where being still never every other these \
those before again going today world start using while until against under years since always better place maybe \
make know time just like that this with have from they will what when your more been some into than then them only \
over also back even want because good work well much need here down most come made find give same look long \
 is a  of the in the to the on the for the and the at the with the from the to be it is I am you are we are \
 as a have been has been will be can be would be there is this is that is if you do you how to I think I don't \
lightning wallet sats zap zapped zaps bitcoin Bitcoin block height hash rate mempool node nodes relay relays note \
notes nostr Nostr client clients follow followers profile badge event events \
amethyst damus primal coracle snort iris nostur yakihonne noStrudel Amethyst Damus Primal \
#asknostr #bitcoin #nostr #grownostr #plebchain #zapathon #photography #introductions #memes #coffeechain #gm \
bitcoin\xffnostr\xffasknostr\xffgrownostr\xffplebchain\xffzapathon\xffart\xffmusic\xffnews\xffphotography\xffintroductions\xff\
https://media.tenor.com/https://i.imgur.com/https://pbs.twimg.com/media/https://open.spotify.com/track/\
https://github.com/https://twitter.com/i/status/https://x.com/https://t.me/https://en.wikipedia.org/wiki/\
https://youtu.be/https://www.youtube.com/watch?v=https://www.\
https://nostr.build/i/https://image.nostr.build/https://i.nostr.build/https://cdn.nostr.build/i/\
https://video.nostr.build/https://void.cat/d/https://m.primal.net/https://blossom.primal.net/\xfe\
https://cdn.satellite.earth/\xfehttps://nostrcheck.me/media/.jpeg .webp .gif .mp4 .mov .png .jpg \
https://njump.me/https://primal.net/e/https://snort.social/e/https://mempool.space/tx/\
https://mostr.pub/https://mastodon.social/users//statuses/11https://mstdn.social/users/https://pawoo.net/objects/\xff\
activitypub\xffpink.momostr\xffISO-639-1\xffug\xffugc\xffsocial.coracle.ontology\xff\
wss://relay.damus.io\xffwss://nos.lol\xffwss://relay.primal.net\xffwss://relay.nostr.band\xffwss://nostr.wine/\xff\
wss://relay.snort.social\xffwss://eden.nostr.land\xffwss://purplepag.es\xffwss://relay.nostr1.com\xffwss://inbox.\
{\"wss://relay.damus.io\":{\"read\":true,\"write\":true},\"wss://nos.lol\":{\"read\":true,\"write\":false},\
\"wss://relay.snort.social\":{\"write\":true,\"read\":true},\"wss://nostr.wine/\":{\"read\":true,\"write\":true}}\
url https://\xffm image/jpeg\xffm image/png\xffm video/mp4\xffdim 1080x1920\xffdim 1920x1080\xffblurhash \xffx \xfe\xff\
size \xfffallback https://\xffalt Verifiable file url\xffservice nip96\xff\
31990:\xfe:\xff30023:\xfe:\xff30311:\xfe:\xffreply\xffroot\xffDeletion event\xffReaction to a note\xff\
{\"display_name\":\"\",\"displayName\":\"\",\"name\":\"\",\"username\":\"\",\"about\":\"\",\"website\":\"https://\",\
\"picture\":\"https://nostr.build/i/\",\"banner\":\"https://\",\"nip05\":\"_@nostrplebs.com\",\"nip05valid\":true,\
\"lud06\":\"LNURL1DP68GURN8GHJ7\",\"lud16\":\"@getalby.com\",\"@walletofsatoshi.com\",\"@stacker.news\",\"@minibits.cash\",\
\"@primal.net\",\"@nostrcheck.me\",\"@iris.to\",\"@mostr.pub\",\"@npub.cash\",\"bot\":false,\"created_at\":17,\
\"pubkey\":\"\xfe\",\"npub\":\"npub1\",\"reactions\":false,\"deleted\":false,\"fields\":[],\"pronouns\":\"\"}\
lnbc10u1pnlnbc210n1plnbc1u1pnpp5hp5sp59qyysgqcqzzsxqyz5vqsp5qqqqqqqq\
{\"id\":\"\xfe\",\"pubkey\":\"\xfe\",\"content\":\"\",\"sig\":\"\xfe\xfe\",\"kind\":9734,\"tags\":[[\"relays\",\"wss://relay.damus.io\",\
\"wss://nos.lol\"],[\"amount\",\"21000\"],[\"lnurl\",\"lnurl1dp68gurn8ghj7\"],[\"p\",\"\xfe\"],[\"e\",\"\xfe\"]],\"created_at\":17}\
{\"tags\":[[\"t\",\"\"],[\"client\",\"\"],[\"imeta\",\"url https://\"],[\"r\",\"https://\"],\
[\"e\",\"\xfe\",\"\",\"root\"],[\"e\",\"\xfe\",\"wss://relay.damus.io\",\"reply\"],[\"p\",\"\xfe\",\"\",\"mention\"],[\"p\",\"\xfe\"]],\
\"created_at\":17,\"kind\":1,\"pubkey\":\"\xfe\",\"id\":\"\xfe\",\"sig\":\"\xfe\xfe\",\"content\":\"\\n\\n\\n\"}\
{\"id\":\"\xfe\",\"pubkey\":\"\xfe\",\"created_at\":17,\"kind\":1,\"tags\":[[\"e\",\"\xfe\",\"\",\"root\"],[\"p\",\"\xfe\"]],\"content\":\"\",\"sig\":\"\xfe\xfe\"}\
nostr:naddr1nostr:note1nostr:nprofile1qqsnostr:nevent1qqsnostr:npub1\n\nhttps://";
