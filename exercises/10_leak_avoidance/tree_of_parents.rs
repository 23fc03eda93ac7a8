//! A backup program walks a volume every night. Of each folder it keeps the bytes in it and in all
//! folders below: a file of 30 bytes in `home/ada/mail` counts in `mail`, in `ada` and in `home`.
//! The report says which folder is the largest, and the tree goes out of scope.
//!
//! But the tree isn't freed. A parent owns its children, each child owns its parent, and so each
//! keeps the other alive. Every night the program grows by one tree. A program that keeps a folder
//! should keep what is below it, and nothing above: then `parent()` gives `None`, and the path
//! begins at that folder.
//!
//! | measure              | budget  | why                                                          |
//! |----------------------|---------|--------------------------------------------------------------|
//! | allocations          |   3,600 | a folder, its name, its list of children; one path           |
//! | peak                 | 160,000 | 1,201 folders of about 100 bytes, with names and lists       |
//! | live, the report     |      64 | one path                                                     |
//! | live, tree dropped   |       0 | for one, two or 1,201 folders                                |

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Default)]
struct Folder {
    name: String,
    bytes: Cell<u64>,
    // TODO: a child owns its parent, and its parent owns it.
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

    /// The folder that this one is in; `None` for the root, and when the parent is gone.
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
    .peak(160_000)
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
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;
    use std::rc::Rc;

    /// Names that begin or end alike, and are equal at different depths.
    const CHAIN: [&str; 7] = ["home", "ada", "ad", "adam", "ada", "größe", ""];

    /// A folder in a folder, and so on, of which each is owned.
    fn chain() -> Vec<Rc<Folder>> {
        let mut folders = vec![Folder::root(CHAIN[0])];
        for name in &CHAIN[1..] {
            folders.push(folders[folders.len() - 1].add(name));
        }
        folders
    }

    #[measuring::test]
    fn a_child_finds_its_parent() {
        let folders = chain();
        assert!(folders[0].parent().is_none(), "the root has a parent");
        for (depth, pair) in folders.windows(2).enumerate() {
            let found = pair[1]
                .parent()
                .is_some_and(|parent| Rc::ptr_eq(&parent, &pair[0]));
            let path = CHAIN[..=depth + 1].join("/");
            assert!(
                found,
                "{path}: its parent isn't the folder that it was added to"
            );
            assert_gives("a path", &pair[1].path(), &path);
        }
    }

    #[measuring::test]
    fn a_folder_stays_though_only_its_parent_owns_it() {
        let root = Folder::root("home");
        root.add("ada").add("mail");
        let mail = root.child("ada").and_then(|ada| ada.child("mail"));
        let path = mail.map(|mail| mail.path());
        assert_gives(
            "path of home/ada/mail",
            &path.as_deref(),
            &Some("home/ada/mail"),
        );
    }

    #[measuring::test]
    fn a_name_is_one_folder() {
        let root = Folder::root("home");
        let names = ["ada", "adam", "ad", "Ada", "", "a", "ada ", "grün", "grub"];
        for (count, name) in names.iter().enumerate() {
            let found = root.child(name).is_some();
            assert!(
                !found,
                "a folder {name:?} was found before it was added, beside {:?}",
                &names[..count]
            );
            let same = Rc::ptr_eq(&root.add(name), &root.add(name));
            assert!(same, "a second folder {name:?} was added");
            let of_it = root.child(name).map(|child| child.name.clone());
            assert_gives(
                format_args!("name of child {name:?}"),
                &of_it.as_deref(),
                &Some(*name),
            );
        }
        let count = root.children.borrow().len();
        assert_gives("folders after adding each name twice", &count, &names.len());
    }

    #[measuring::test]
    fn a_file_counts_in_every_folder_above() {
        let folders = chain();
        for (depth, folder) in folders.iter().enumerate() {
            folder.add_file(1 << (8 * depth));
        }
        // Beside the chain, and not in it.
        folders[0].add("bob").add_file(1 << 60);
        let came: Vec<u64> = folders.iter().map(|folder| folder.bytes.get()).collect();
        let below = |depth: usize| (depth..7).map(|depth| 1 << (8 * depth)).sum::<u64>();
        let mut expected: Vec<u64> = (0..7).map(below).collect();
        expected[0] += 1 << 60;
        assert_gives(
            "bytes of seven folders, each in the one before",
            &came,
            &expected,
        );
    }

    #[measuring::test]
    fn without_its_parent_a_folder_is_a_root() {
        let mut folders = chain();
        let kept = folders.split_off(3);
        drop(folders);
        let has_parent = kept[0].parent().is_some();
        assert!(
            !has_parent,
            "a folder keeps its parent, which nobody else owns"
        );
        assert_gives("its path", &kept[0].path().as_str(), &"adam");
        kept[3].add_file(30);
        let came: Vec<u64> = kept.iter().map(|folder| folder.bytes.get()).collect();
        assert_gives("bytes of it and of what is below", &came, &vec![30; 4]);
    }

    #[measuring::test]
    fn what_is_below_a_folder_stays_with_it() {
        let root = Folder::root("home");
        let ada = root.add("ada");
        ada.add("mail").add("drafts");
        drop(root);
        let drafts = ada.child("mail").and_then(|mail| mail.child("drafts"));
        let path = drafts.map(|drafts| drafts.path());
        assert_gives(
            "path of ada/mail/drafts",
            &path.as_deref(),
            &Some("ada/mail/drafts"),
        );
    }

    #[measuring::test]
    fn the_root_goes_when_nobody_owns_it() {
        for _ in 0..2 {
            let root = volume();
            let gone = Rc::downgrade(&root);
            let user = root.child("user7");
            drop(root);
            let there = gone.upgrade().is_some();
            assert!(
                !there,
                "the root is alive, and only a folder below it is owned"
            );
            drop(user);
        }
    }

    #[measuring::test]
    fn a_night_stays_in_budget() {
        let largest = BUDGET.assert_holds_in_process(|| largest_user(&volume()));
        assert_gives(
            "the largest folder",
            &largest.as_deref(),
            &Some("home/user390"),
        );
    }

    #[measuring::test]
    fn nothing_is_left_of_a_tree() {
        let budget = Budget::of("tree_of_parents").live(0);
        budget.assert_holds(|| drop(black_box(Folder::root("home"))));
        budget.assert_holds(|| drop(black_box(Folder::root("home").add("ada"))));
        budget.assert_holds(|| drop(black_box(chain())));
        budget.assert_holds(|| (0..3).for_each(|_| drop(black_box(volume()))));
    }
}
