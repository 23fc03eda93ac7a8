//! The id of any event is the hash of NIP-01's form, written here one character after the other.

#![no_main]

use libfuzzer_sys::fuzz_target;
use relay::event::{Event, EventId, PublicKey};
use sha2::{Digest, Sha256};

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '\u{8}' => out += "\\b",
            '\t' => out += "\\t",
            '\n' => out += "\\n",
            '\u{c}' => out += "\\f",
            '\r' => out += "\\r",
            '"' | '\\' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out + "\""
}


fuzz_target!(|input: (u64, u16, [u8; 32], Vec<Vec<String>>, String)| {
    let (created_at, kind, pubkey, tags, content) = input;
    let mut event = Event::default();
    event.created_at = created_at;
    event.kind = kind;
    event.pubkey = PublicKey::new(pubkey);
    for tag in &tags {
        event.push_tag(tag.iter().map(String::as_str));
    }
    event.push_content(&content);

    let author: String = pubkey.iter().map(|byte| format!("{byte:02x}")).collect();
    let tags: Vec<String> = tags
        .iter()
        .map(|tag| tag.iter().map(|item| string(item)).collect::<Vec<_>>().join(","))
        .map(|items| format!("[{items}]"))
        .collect();
    let form = format!(
        "[0,\"{author}\",{created_at},{kind},[{}],{}]",
        tags.join(","),
        string(&content),
    );
    assert_eq!(event.canonical_id(), EventId::new(Sha256::digest(form).into()));
});
