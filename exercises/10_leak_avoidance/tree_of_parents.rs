//! A backup program walks a volume every night. Of each folder it keeps the bytes in it and in all folders below, so
//! that a file counts in its folder and in every folder above: folders know their parents. The report says which one
//! grew the most, and the tree goes out of scope.
//!
//! The tree goes nowhere. A parent holds its children, each child holds its parent, and so each keeps the other alive
//! when nobody else does. Night after night the program grows by one tree. Whoever keeps a folder longer should keep
//! what is below it, and nothing above.
//!
//! | measure | budget | why                                                                           |
//! |---------|--------|-------------------------------------------------------------------------------|
//! | allocations  |  3,600 | a folder, its name, its list of children; a path as long as the report needs  |
//! | live    |     64 | the report: one path                                                          |

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Default)]
struct Folder {
    name: String,
    bytes: Cell<u64>,
    // TODO: a child should know its parent, not own it.
    parent: Option<Rc<Folder>>,
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
            parent: Some(Rc::clone(self)),
            ..Self::default()
        });
        self.children.borrow_mut().push(Rc::clone(&child));
        child
    }

    /// The folder that this one is in; `None` for the root, and where the parent is gone.
    fn parent(&self) -> Option<Rc<Folder>> {
        self.parent.clone()
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("tree_of_parents")
    .allocations(3_600)
    .live(64);

fn main() {
    measuring::show(BUDGET, || largest_user(&volume()));
}

/// Four hundred users with two folders each.
fn volume() -> std::rc::Rc<Folder> {
    let root = Folder::root("home");
    for user in 0..400_u64 {
        let folder = root.add(&format!("user{user}"));
        folder.add("mail").add_file(user * 37 % 401);
        folder.add("photos").add_file(1_000 + user);
    }
    root
}

/// The path of the largest folder in this one.
fn largest_user(root: &Folder) -> Option<String> {
    let users = root.children.borrow();
    let largest = users.iter().max_by_key(|user| user.bytes.get())?;
    Some(largest.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::rc::Rc;

    #[test]
    fn a_child_finds_its_parent() {
        let root = Folder::root("home");
        let ada = root.add("ada");
        let mail = ada.add("mail");
        assert!(Rc::ptr_eq(&mail.parent().unwrap(), &ada));
        assert!(Rc::ptr_eq(&ada.parent().unwrap(), &root));
        assert!(root.parent().is_none());
        assert_eq!(mail.path(), "home/ada/mail");
    }

    #[test]
    fn a_folder_stays_though_only_its_parent_holds_it() {
        let root = Folder::root("home");
        root.add("ada").add("mail");
        let mail = root.child("ada").and_then(|ada| ada.child("mail"));
        assert_eq!(mail.unwrap().path(), "home/ada/mail");
        assert!(root.child("bob").is_none());
    }

    #[test]
    fn a_name_is_one_folder() {
        let root = Folder::root("home");
        assert!(Rc::ptr_eq(&root.add("ada"), &root.add("ada")));
        assert_eq!(root.children.borrow().len(), 1);
    }

    #[test]
    fn a_file_counts_in_every_folder_above() {
        let root = Folder::root("home");
        let (ada, bob) = (root.add("ada"), root.add("bob"));
        ada.add("mail").add_file(30);
        ada.add_file(5);
        bob.add_file(7);
        assert_eq!(
            (root.bytes.get(), ada.bytes.get(), bob.bytes.get()),
            (42, 35, 7)
        );
    }

    #[test]
    fn without_its_parent_a_folder_is_a_root() {
        let root = Folder::root("home");
        let mail = root.add("ada").add("mail");
        drop(root);
        assert!(mail.parent().is_none());
        assert_eq!(mail.path(), "mail");
        mail.add_file(30);
        assert_eq!(mail.bytes.get(), 30);
    }

    #[test]
    fn what_is_below_a_folder_stays_with_it() {
        let root = Folder::root("home");
        let ada = root.add("ada");
        ada.add("mail").add("drafts");
        drop(root);
        let mail = ada.child("mail").unwrap();
        assert_eq!(mail.child("drafts").unwrap().path(), "ada/mail/drafts");
        assert!(Rc::ptr_eq(&mail.parent().unwrap(), &ada));
    }

    #[test]
    fn the_root_goes_when_nobody_holds_it() {
        let root = volume();
        let gone = Rc::downgrade(&root);
        drop(root);
        assert!(gone.upgrade().is_none());
    }

    #[test]
    fn a_night_stays_in_budget() {
        let largest = BUDGET.assert_holds(|| largest_user(&volume()));
        assert_eq!(largest.as_deref(), Some("home/user390"));
    }

    #[test]
    fn live_bytes_return_after_each_of_three_nights() {
        let nights = measuring::Budget::of("tree_of_parents").live(0);
        nights.assert_holds(|| (0..3).for_each(|_| drop(black_box(volume()))));
    }
}
