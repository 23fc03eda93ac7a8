//! The tree of a page, whose elements know their parents.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// A page in a small markup: `<main><p>text <b>bold</b></p></main>`. Elements have no attributes, and nest no deeper
/// than a stack is high: the steps walk down by recursion.
#[derive(Debug)]
pub struct Page(pub String);

impl Page {
    /// A list of so many entries; every tenth of them is about the heap.
    pub fn sample(entries: usize) -> Self {
        let entry = |number: usize| {
            let about = if number.is_multiple_of(10) {
                "heap"
            } else {
                "stack"
            };
            format!("<li><p>Entry {number} is about <b>the {about}</b> and more.</p></li>")
        };
        let entries: String = (0..entries).map(entry).collect();
        Self(format!("<html><main><ul>{entries}</ul></main></html>"))
    }

    /// The page in pieces, in their order.
    fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if let Some(tag) = rest.strip_prefix('<') {
                let (name, behind) = tag.split_once('>')?;
                rest = behind;
                return Some(match name.strip_prefix('/') {
                    Some(_) => Token::Close,
                    None => Token::Open(name),
                });
            }
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, behind) = rest.split_at(end);
            rest = behind;
            (!text.is_empty()).then_some(Token::Text(text))
        })
    }
}

enum Token<'t> {
    Open(&'t str),
    Text(&'t str),
    Close,
}

/// The word that is looked for.
const WORD: &str = "heap";

/// The names from the root down, given from the element up.
fn path<'a>(upwards: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = upwards.collect();
    names.reverse();
    names.join("/")
}

/// Shared elements, with counted references down and weak ones up. Each step has a module, because each needs types.
pub mod counted {
    use super::*;

    // ANCHOR: counted
    struct Element {
        name: String,
        parent: Weak<Element>,
        children: RefCell<Vec<Child>>,
    }

    enum Child {
        Element(Rc<Element>),
        Text(String),
    }
    // ANCHOR_END: counted

    fn parse(page: &Page) -> Rc<Element> {
        let element = |name: &str, parent| {
            Rc::new(Element {
                name: name.to_owned(),
                parent,
                children: RefCell::default(),
            })
        };
        let root = element("", Weak::new());
        let mut open = Rc::clone(&root);
        for token in page.tokens() {
            match token {
                Token::Open(name) => {
                    let child = element(name, Rc::downgrade(&open));
                    let parent = std::mem::replace(&mut open, Rc::clone(&child));
                    parent.children.borrow_mut().push(Child::Element(child));
                }
                Token::Text(text) => {
                    let text = Child::Text(text.to_owned());
                    open.children.borrow_mut().push(text);
                }
                Token::Close => open = open.parent.upgrade().unwrap_or(open),
            }
        }
        root
    }

    impl Element {
        fn path(&self) -> String {
            let mut names = vec![self.name.clone()];
            let mut above = self.parent.upgrade();
            while let Some(element) = above {
                names.push(element.name.clone());
                above = element.parent.upgrade();
            }
            path(names.iter().map(String::as_str))
        }

        fn find(&self, found: &mut Vec<String>) {
            for child in self.children.borrow().iter() {
                match child {
                    Child::Element(element) => element.find(found),
                    Child::Text(text) if text.contains(WORD) => found.push(self.path()),
                    Child::Text(_) => {}
                }
            }
        }
    }

    /// Where on the page the word stands.
    pub fn paths(page: &Page) -> Vec<String> {
        let mut found = Vec::new();
        parse(page).find(&mut found);
        found
    }
}

/// Elements in an arena, with plain references both ways.
pub mod borrowed {
    use super::*;

    // ANCHOR: borrowed
    struct Element<'a> {
        name: &'a str,
        parent: Option<&'a Element<'a>>,
        children: RefCell<ArenaVec<'a, Child<'a>>>,
    }

    enum Child<'a> {
        Element(&'a Element<'a>),
        Text(&'a str),
    }
    // ANCHOR_END: borrowed

    fn parse<'a>(page: &Page, arena: &'a Bump) -> &'a Element<'a> {
        let element = |name, parent| {
            &*arena.alloc(Element {
                name: arena.alloc_str(name),
                parent,
                children: RefCell::new(ArenaVec::new_in(arena)),
            })
        };
        let root = element("", None);
        let mut open = root;
        for token in page.tokens() {
            match token {
                Token::Open(name) => {
                    let child = element(name, Some(open));
                    open.children.borrow_mut().push(Child::Element(child));
                    open = child;
                }
                Token::Text(text) => {
                    let text = Child::Text(arena.alloc_str(text));
                    open.children.borrow_mut().push(text);
                }
                Token::Close => open = open.parent.unwrap_or(open),
            }
        }
        root
    }

    impl<'a> Element<'a> {
        fn find(&'a self, found: &mut Vec<String>) {
            for child in self.children.borrow().iter() {
                match child {
                    Child::Element(element) => element.find(found),
                    Child::Text(text) if text.contains(WORD) => found.push(self.path()),
                    Child::Text(_) => {}
                }
            }
        }

        fn path(&'a self) -> String {
            let upwards = std::iter::successors(Some(self), |element| element.parent);
            path(upwards.map(|element| element.name))
        }
    }

    /// Where on the page the word stands. What leaves the arena is copied.
    pub fn paths(page: &Page) -> Vec<String> {
        let mut found = Vec::new();
        let arena = Bump::new();
        parse(page, &arena).find(&mut found);
        found
    }

    /// The bytes that the page's tree takes of an arena.
    pub fn size(page: &Page) -> usize {
        let arena = Bump::new();
        parse(page, &arena);
        crate::facts::used(arena)
    }
}

/// Nodes in an arena that are each other's list: a node knows its first child and its next sibling.
pub mod linked {
    use super::*;

    // ANCHOR: linked
    struct Node<'a> {
        what: What<'a>,
        parent: Option<&'a Node<'a>>,
        first: Cell<Option<&'a Node<'a>>>,
        last: Cell<Option<&'a Node<'a>>>,
        next: Cell<Option<&'a Node<'a>>>,
    }

    enum What<'a> {
        Element(&'a str),
        Text(&'a str),
    }

    impl<'a> Node<'a> {
        fn append(&'a self, what: What<'a>, arena: &'a Bump) -> &'a Node<'a> {
            let child = &*arena.alloc(Node::new(what, Some(self)));
            match self.last.replace(Some(child)) {
                Some(before) => before.next.set(Some(child)),
                None => self.first.set(Some(child)),
            }
            child
        }
        // ANCHOR_END: linked

        fn new(what: What<'a>, parent: Option<&'a Node<'a>>) -> Self {
            Self {
                what,
                parent,
                first: Cell::default(),
                last: Cell::default(),
                next: Cell::default(),
            }
        }

        fn children(&self) -> impl Iterator<Item = &'a Node<'a>> {
            std::iter::successors(self.first.get(), |child| child.next.get())
        }

        fn find(&'a self, found: &mut Vec<String>) {
            for child in self.children() {
                match child.what {
                    What::Element(_) => child.find(found),
                    What::Text(text) if text.contains(WORD) => found.push(self.path()),
                    What::Text(_) => {}
                }
            }
        }

        fn path(&'a self) -> String {
            let upwards = std::iter::successors(Some(self), |node| node.parent);
            path(upwards.map(|node| match node.what {
                What::Element(name) | What::Text(name) => name,
            }))
        }
    }

    fn parse<'a>(page: &Page, arena: &'a Bump) -> &'a Node<'a> {
        let root = &*arena.alloc(Node::new(What::Element(""), None));
        let mut open = root;
        for token in page.tokens() {
            match token {
                Token::Open(name) => {
                    open = open.append(What::Element(arena.alloc_str(name)), arena)
                }
                Token::Text(text) => {
                    open.append(What::Text(arena.alloc_str(text)), arena);
                }
                Token::Close => open = open.parent.unwrap_or(open),
            }
        }
        root
    }

    /// Where on the page the word stands.
    pub fn paths(page: &Page) -> Vec<String> {
        let mut found = Vec::new();
        let arena = Bump::new();
        parse(page, &arena).find(&mut found);
        found
    }

    /// The bytes that the page's tree takes of an arena.
    pub fn size(page: &Page) -> usize {
        let arena = Bump::new();
        parse(page, &arena);
        crate::facts::used(arena)
    }
}
