//! Walks up in a loop, and joins the names.

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
        self.children.borrow_mut().push(Rc::clone(&child));
        child
    }

    /// The folder that this one is in; `None` for the root, and when the parent is gone.
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
        let mut above = self.parent();
        while let Some(folder) = above {
            folder.bytes.set(folder.bytes.get() + bytes);
            above = folder.parent();
        }
    }

    fn path(&self) -> String {
        let mut names = vec![self.name.clone()];
        let mut above = self.parent();
        while let Some(folder) = above {
            names.push(folder.name.clone());
            above = folder.parent();
        }
        names.reverse();
        names.join("/")
    }
}
