//! A discussion: each reply knows what it answers, and what answers it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// How many replies; reply n answers reply n/2.
#[derive(Clone, Copy, Debug)]
pub struct Discussion(pub usize);

impl Discussion {
    fn text(number: usize) -> Box<str> {
        format!("reply number {number:08}").into()
    }
}

/// How deep all replies are together, and what nobody can free any more.
///
/// A benchmark that leaked in every round would soon be out of memory. So a step hands what it lost to this value,
/// which cuts the cycles when it is dropped. Until then the bytes are live, as they would be for ever.
pub struct Depths {
    total: usize,
    lost: Option<Rc<StrongReply>>,
}

impl Drop for Depths {
    fn drop(&mut self) {
        // One by one, with no reply dropping the next: a discussion may be deeper than the stack.
        let mut lost = Vec::from_iter(self.lost.take());
        while let Some(reply) = lost.pop() {
            reply.parent.take();
            lost.append(&mut reply.answers.borrow_mut());
        }
    }
}

impl PartialEq for Depths {
    fn eq(&self, other: &Self) -> bool {
        self.total == other.total
    }
}

struct StrongReply {
    text: Box<str>,
    parent: RefCell<Option<Rc<StrongReply>>>,
    answers: RefCell<Vec<Rc<StrongReply>>>,
}

impl StrongReply {
    fn depth(&self) -> usize {
        let parent = self.parent.borrow();
        parent.as_ref().map_or(0, |parent| 1 + parent.depth())
    }
}

fn read_strong(discussion: &Discussion) -> Vec<Rc<StrongReply>> {
    let mut replies: Vec<Rc<StrongReply>> = Vec::with_capacity(discussion.0);
    for number in 0..discussion.0 {
        let parent = replies.get(number / 2).cloned();
        let reply = Rc::new(StrongReply {
            text: Discussion::text(number),
            parent: RefCell::new(parent.clone()),
            answers: RefCell::default(),
        });
        if let Some(parent) = parent {
            parent.answers.borrow_mut().push(reply.clone());
        }
        replies.push(reply);
    }
    replies
}

// ANCHOR: weak_reply
struct WeakReply {
    text: Box<str>,
    parent: Weak<WeakReply>,
    answers: RefCell<Vec<Rc<WeakReply>>>,
}

impl WeakReply {
    fn depth(&self) -> usize {
        let parent = self.parent.upgrade();
        parent.map_or(0, |parent| 1 + parent.depth())
    }
}
// ANCHOR_END: weak_reply

fn read_weak(discussion: &Discussion) -> Vec<Rc<WeakReply>> {
    let mut replies: Vec<Rc<WeakReply>> = Vec::with_capacity(discussion.0);
    for number in 0..discussion.0 {
        let parent = replies.get(number / 2).cloned();
        let reply = Rc::new(WeakReply {
            text: Discussion::text(number),
            parent: parent.as_ref().map_or(Weak::new(), Rc::downgrade),
            answers: RefCell::default(),
        });
        if let Some(parent) = parent {
            parent.answers.borrow_mut().push(reply.clone());
        }
        replies.push(reply);
    }
    replies
}

/// Parents hold their replies, and replies hold their parents: a cycle for each reply.
pub fn strong(discussion: &Discussion) -> Depths {
    let replies = read_strong(discussion);
    let total = replies
        .iter()
        .map(|reply| reply.depth() + reply.text.len())
        .sum();
    // The first is enough: all others can be reached from it.
    let lost = replies.first().cloned();
    Depths { total, lost }
}

/// Parents hold their replies; replies know their parents, and don't hold them.
pub fn weak(discussion: &Discussion) -> Depths {
    let replies = read_weak(discussion);
    let total = replies
        .iter()
        .map(|reply| reply.depth() + reply.text.len())
        .sum();
    Depths { total, lost: None }
}

// ANCHOR: indices
struct Reply {
    text: Box<str>,
    parent: Option<u32>,
    answers: Vec<u32>,
}

fn depth(replies: &[Reply], reply: &Reply) -> usize {
    let parent = |reply: &&Reply| reply.parent.map(|parent| &replies[parent as usize]);
    std::iter::successors(Some(reply), parent).count() - 1
}

/// One vector holds all replies, and they know each other by their places in it.
pub fn indices(discussion: &Discussion) -> Depths {
    let mut replies: Vec<Reply> = Vec::with_capacity(discussion.0);
    for number in 0..discussion.0 {
        let place = u32::try_from(number / 2).ok();
        let parent = place.filter(|parent| (*parent as usize) < replies.len());
        if let Some(parent) = parent {
            replies[parent as usize].answers.push(number as u32);
        }
        replies.push(Reply {
            text: Discussion::text(number),
            parent,
            answers: Vec::new(),
        });
    }
    let total = replies
        .iter()
        .map(|reply| depth(&replies, reply) + reply.text.len())
        .sum();
    Depths { total, lost: None }
}
// ANCHOR_END: indices
