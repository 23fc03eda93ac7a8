//! An event as it lies in a frame.

use pooling::Recycle;

use super::reader::{Broken, Reader, Text, integer};
use super::{About, FrameLimits, Reason, WireError, hex, set};
use crate::event::hex::from_hex;
use crate::event::{Event, EventId, PublicKey, Signature};

/// An event whose fields of fixed size are read, and whose text still lies in the frame.
// ANCHOR: raw
#[derive(Clone, Copy, Debug)]
pub struct RawEvent<'a> {
    /// The id that it claims to have.
    pub id: EventId,
    /// Who is said to have signed it.
    pub pubkey: PublicKey,
    /// The signature, not yet checked.
    pub sig: Signature,
    /// Seconds since 1970.
    pub created_at: u64,
    /// What kind of event it is.
    pub kind: u16,
    /// An array of arrays of strings, as was checked.
    tags: &'a str,
    content: Text<'a>,
}
// ANCHOR_END: raw

impl RawEvent<'_> {
    /// Unescapes the event into one that is cleared first. Its id and signature are still to be verified.
    ///
    /// # Errors
    ///
    /// None for what [`parse`](super::parse) gave: it has checked the text.
    // ANCHOR: read_into
    pub fn read_into(&self, event: &mut Event) -> Result<(), WireError> {
        event.clear();
        event.id = self.id;
        event.pubkey = self.pubkey;
        event.sig = self.sig;
        event.created_at = self.created_at;
        event.kind = self.kind;
        Reader::new(self.tags).each(b'[', "tags", |reader| {
            reader.each(b'[', "a tag", |reader| {
                reader.string()?.append_to(event.text_mut());
                event.end_item();
                Ok::<_, Broken>(())
            })?;
            event.end_tag();
            Ok::<_, Broken>(())
        })?;
        self.content.append_to(event.text_mut());
        Ok(())
    }
    // ANCHOR_END: read_into
}

/// Reads the rest of an EVENT or AUTH message.
pub(super) fn message<'a>(
    mut reader: Reader<'a>,
    limits: &FrameLimits,
) -> Result<RawEvent<'a>, WireError> {
    reader.expect(b',', "a comma and an event")?;
    let mut draft = Draft::default();
    let read = draft
        .read(&mut reader, limits)
        .and_then(|()| reader.finish(b']'));
    let about = draft.id.map_or(About::Nothing, About::Event);
    let event = match (read, draft.wrong.take()) {
        (Err(broken), _) => Err(broken.into()),
        (Ok(()), Some(reason)) => Err(reason),
        (Ok(()), None) => draft.complete(),
    };
    event.map_err(|reason| WireError { about, reason })
}

/// The members that were read so far, in whichever order they come.
#[derive(Default)]
struct Draft<'a> {
    id: Option<EventId>,
    pubkey: Option<PublicKey>,
    sig: Option<Signature>,
    created_at: Option<u64>,
    kind: Option<u16>,
    tags: Option<&'a str>,
    content: Option<Text<'a>>,
    /// The first member that is JSON, but wrong. Reading goes on: the id, which the answer needs, may follow.
    wrong: Option<Reason>,
}

impl<'a> Draft<'a> {
    fn read(&mut self, reader: &mut Reader<'a>, limits: &FrameLimits) -> Result<(), Broken> {
        reader.each(b'{', "an event", |reader| {
            let name = reader.name()?.decoded();
            let before = reader.clone();
            if let Err(reason) = self.member(&name, reader, limits) {
                // If it isn't even JSON, this says so.
                *reader = before;
                reader.skip()?;
                self.wrong.get_or_insert(reason);
            }
            Ok(())
        })
    }

    fn member(
        &mut self,
        name: &str,
        reader: &mut Reader<'a>,
        limits: &FrameLimits,
    ) -> Result<(), Reason> {
        let Self {
            id, pubkey, sig, ..
        } = self;
        match name {
            "id" => set(id, hex(name, reader, from_hex)?, name),
            "pubkey" => set(pubkey, hex(name, reader, from_hex)?, name),
            "sig" => set(sig, hex(name, reader, Signature::from_hex)?, name),
            "created_at" => set(&mut self.created_at, created_at(reader.number()?)?, name),
            "kind" => set(&mut self.kind, kind(reader.number()?)?, name),
            "tags" => set(&mut self.tags, tags(reader, limits)?, name),
            "content" => set(&mut self.content, content(reader, limits)?, name),
            _ => Ok(reader.skip()?),
        }
    }

    fn complete(self) -> Result<RawEvent<'a>, Reason> {
        let missing = |name| move || Reason::from(format!("invalid: {name} is missing"));
        Ok(RawEvent {
            id: self.id.ok_or_else(missing("id"))?,
            pubkey: self.pubkey.ok_or_else(missing("pubkey"))?,
            sig: self.sig.ok_or_else(missing("sig"))?,
            created_at: self.created_at.ok_or_else(missing("created_at"))?,
            kind: self.kind.ok_or_else(missing("kind"))?,
            tags: self.tags.ok_or_else(missing("tags"))?,
            content: self.content.ok_or_else(missing("content"))?,
        })
    }
}

fn created_at(number: &str) -> Result<u64, Reason> {
    let seconds = integer(number).ok_or("invalid: created_at is not an integer")?;
    u64::try_from(seconds).map_err(|_| match seconds {
        ..0 => "invalid: created_at is negative".into(),
        _ => "invalid: created_at is beyond 64 bits".into(),
    })
}

fn kind(number: &str) -> Result<u16, Reason> {
    let kind = integer(number).and_then(|kind| u16::try_from(kind).ok());
    kind.ok_or_else(|| "invalid: kind is not an integer from 0 to 65535".into())
}

fn tags<'a>(reader: &mut Reader<'a>, limits: &FrameLimits) -> Result<&'a str, Reason> {
    let before = reader.clone();
    let mut count = 0;
    reader.each(b'[', "an array of tags", |reader| {
        count += 1;
        reader.each(b'[', "a tag", |reader| reader.string().map(|_| ()))
    })?;
    if count > limits.max_tags {
        return Err(format!("invalid: an event has at most {} tags", limits.max_tags).into());
    }
    Ok(before.up_to(reader))
}

fn content<'a>(reader: &mut Reader<'a>, limits: &FrameLimits) -> Result<Text<'a>, Reason> {
    let (content, most) = (reader.string()?, limits.max_content);
    match content.fits(most) {
        true => Ok(content),
        false => Err(format!("invalid: content has at most {most} characters").into()),
    }
}
