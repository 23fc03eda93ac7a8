//! Reserves space for a thousand children in each folder that has one.

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

#[derive(Default)]
struct Folder {
    name: String,
    bytes: Cell<u64>,
    parent: Weak<Folder>,
    children: RefCell<Vec<Rc<Folder>>>,
}

impl Folder {
    fn root(name: &str) -> Rc<Self> {
        Rc::new(Self {
            name: name.to_owned(),
            ..Self::default()
        })
    }

    /// The folder of that name in this one, a new one if need be.
    fn add(self: &Rc<Self>, name: &str) -> Rc<Folder> {
        if let Some(child) = self.child(name) {
            return child;
        }
        let child = Rc::new(Self {
            name: name.to_owned(),
            parent: Rc::downgrade(self),
            ..Self::default()
        });
        let mut children = self.children.borrow_mut();
        if children.is_empty() {
            children.reserve(1_000);
        }
        children.push(Rc::clone(&child));
        drop(children);
        child
    }

    /// The folder that this one is in; `None` for the root, and where the parent is gone.
    fn parent(&self) -> Option<Rc<Folder>> {
        self.parent.upgrade()
    }

    fn child(&self, name: &str) -> Option<Rc<Folder>> {
        let children = self.children.borrow();
        children.iter().find(|child| child.name == name).cloned()
    }

    /// A file in this folder: it counts here and in every folder above.
    fn add_file(&self, bytes: u64) {
        self.bytes.set(self.bytes.get() + bytes);
        if let Some(parent) = self.parent() {
            parent.add_file(bytes);
        }
    }

    fn path(&self) -> String {
        match self.parent() {
            Some(parent) => format!("{}/{}", parent.path(), self.name),
            None => self.name.clone(),
        }
    }
}
