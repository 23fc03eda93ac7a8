//! Figures that are no cases: sizes, bytes per entry, points of break-even, hit rates.
//!
//! Those about bytes are counted by the meter, so they need a binary that has it installed.

use std::sync::Arc;

use hashbrown::HashTable;
use measuring::case::{Fact, fact};
use measuring::{grouped, heap};

use crate::eviction::{
    ClearHalf, Clock, Lru, Policy, QuickCache, Sieve, Workload, best_hits, hits,
};
use crate::layouts::{Table, one_buffer, shared_key, two_copies};
use crate::repeated::{Kept, Names, arc, string, symbol};
use crate::static_names::Letter;
use crate::two_way::{Pairs, TwoWay, budgeted, id, mixed, one_list, two_maps};
use crate::{FixedSeed, IdCache, Interner, Limits, Symbol};

pub(crate) const FACTS: &[Fact] = &[
    fact("size_of_string", || size_of::<String>().to_string()),
    fact("size_of_box_str", || size_of::<Box<str>>().to_string()),
    fact("size_of_arc_str", || size_of::<Arc<str>>().to_string()),
    fact("size_of_symbol", || size_of::<Symbol>().to_string()),
    fact("size_of_option_symbol", || {
        size_of::<Option<Symbol>>().to_string()
    }),
    fact("size_of_letter", || size_of::<Letter>().to_string()),
    fact("break_even_arc", || break_even(arc)),
    fact("break_even_symbol", || break_even(symbol)),
    fact("text_per_name", || {
        let names = Names::all_different();
        let bytes: usize = names.iter().map(str::len).sum();
        per(bytes as i64, names.iter().len())
    }),
    fact("bytes_per_name_two_copies", || per_name(two_copies)),
    fact("bytes_per_name_shared_key", || per_name(shared_key)),
    fact("bytes_per_name_one_buffer", || per_name(one_buffer)),
    fact("bytes_per_name_shrunk", || {
        per_name(|names| match one_buffer(names) {
            Table::OneBuffer(mut interner) => {
                interner.shrink_to_fit();
                Table::OneBuffer(interner)
            }
            other => other,
        })
    }),
    fact("bytes_after_a_million_strangers", || {
        strangers(Limits::default())
    }),
    fact("bytes_after_a_million_strangers_bounded", || {
        strangers(BOUND)
    }),
    fact("bytes_per_pair_two_maps_14000", || {
        per_pair(two_maps, 14_000)
    }),
    fact("bytes_per_pair_two_maps_15000", || {
        per_pair(two_maps, 15_000)
    }),
    fact("bytes_per_pair_one_list_14000", || {
        per_pair(one_list, 14_000)
    }),
    fact("bytes_per_pair_one_list_15000", || {
        per_pair(one_list, 15_000)
    }),
    fact("bytes_per_pair_budgeted_14000", || {
        per_pair(budgeted, 14_000)
    }),
    fact("bytes_per_pair_budgeted_15000", || {
        per_pair(budgeted, 15_000)
    }),
    fact("pairs_in_a_mebibyte", || {
        grouped(IdCache::with_budget(1 << 20).map_or(0, |cache| cache.capacity()))
    }),
    fact("full_table", || {
        let [before, _] = turnover(14_000);
        grouped(before)
    }),
    fact("full_table_after_turnover", || {
        let [_, after] = turnover(14_000);
        grouped(after)
    }),
    fact("half_full_table", || {
        let [before, _] = turnover(28_000);
        grouped(before)
    }),
    fact("half_full_table_after_turnover", || {
        let [_, after] = turnover(28_000);
        grouped(after)
    }),
    fact("hits_best_skewed", || best(Workload::skewed)),
    fact("hits_best_shifting", || best(Workload::shifting)),
    fact("hits_best_scanned", || best(Workload::scanned)),
    fact("hits_clear_half_skewed", || {
        rate::<ClearHalf>(Workload::skewed)
    }),
    fact("hits_clear_half_shifting", || {
        rate::<ClearHalf>(Workload::shifting)
    }),
    fact("hits_clear_half_scanned", || {
        rate::<ClearHalf>(Workload::scanned)
    }),
    fact("hits_lru_skewed", || rate::<Lru>(Workload::skewed)),
    fact("hits_lru_shifting", || rate::<Lru>(Workload::shifting)),
    fact("hits_lru_scanned", || rate::<Lru>(Workload::scanned)),
    fact("hits_clock_skewed", || rate::<Clock>(Workload::skewed)),
    fact("hits_clock_shifting", || rate::<Clock>(Workload::shifting)),
    fact("hits_clock_scanned", || rate::<Clock>(Workload::scanned)),
    fact("hits_sieve_skewed", || rate::<Sieve>(Workload::skewed)),
    fact("hits_sieve_shifting", || rate::<Sieve>(Workload::shifting)),
    fact("hits_sieve_scanned", || rate::<Sieve>(Workload::scanned)),
    fact("hits_quick_cache_skewed", || {
        rate::<QuickCache>(Workload::skewed)
    }),
    fact("hits_quick_cache_shifting", || {
        rate::<QuickCache>(Workload::shifting)
    }),
    fact("hits_quick_cache_scanned", || {
        rate::<QuickCache>(Workload::scanned)
    }),
    fact("room_in_64_kib_clear_half", || {
        room_within::<ClearHalf>().to_string()
    }),
    fact("room_in_64_kib_lru", || room_within::<Lru>().to_string()),
    fact("room_in_64_kib_clock", || {
        room_within::<Clock>().to_string()
    }),
    fact("room_in_64_kib_sieve", || {
        room_within::<Sieve>().to_string()
    }),
    fact("room_in_64_kib_quick_cache", || {
        room_within::<QuickCache>().to_string()
    }),
    fact("hits_in_64_kib_clear_half", rate_within::<ClearHalf>),
    fact("hits_in_64_kib_lru", rate_within::<Lru>),
    fact("hits_in_64_kib_clock", rate_within::<Clock>),
    fact("hits_in_64_kib_sieve", rate_within::<Sieve>),
    fact("hits_in_64_kib_quick_cache", rate_within::<QuickCache>),
];

/// A share of bytes, with one decimal.
fn per(bytes: i64, count: usize) -> String {
    format!("{:.1}", bytes as f64 / count as f64)
}

/// From how many references to one name on its keeping takes fewer bytes than Strings do.
fn break_even(keep: fn(&Names) -> Kept) -> String {
    let live = |keep: fn(&Names) -> Kept, names: &Names| heap(|| keep(names)).1.live;
    let pays = |count: &usize| {
        let names = Names::of_one_city(*count);
        live(keep, &names) < live(string, &names)
    };
    (1..1_000)
        .find(pays)
        .map_or("never".into(), |count| count.to_string())
}

fn per_name(layout: impl Fn(&Names) -> Table) -> String {
    let names = Names::all_different();
    let (_table, cost) = heap(|| layout(&names));
    per(cost.live, names.iter().len())
}

/// What strangers may fill an interner with.
const BOUND: Limits = Limits {
    strings: 10_000,
    bytes: 256 * 1_024,
};

/// What an interner holds when a million different strings were sent to it.
fn strangers(limits: Limits) -> String {
    use std::fmt::Write;

    let mut interner = Interner::with_hasher(limits, FixedSeed::default());
    let mut tag = String::new();
    for number in 0..1_000_000u64 {
        tag.clear();
        // Writing to a String doesn't fail, and a full interner is what this is about.
        let _ = write!(tag, "{:016x}", mixed(number));
        let _ = interner.intern(&tag);
    }
    grouped(interner.heap_bytes())
}

fn per_pair(layout: fn(&Pairs) -> TwoWay, count: u32) -> String {
    let pairs = Pairs::sample(count);
    let (_table, cost) = heap(|| layout(&pairs));
    per(cost.live, count as usize)
}

/// The bytes of a table with so much room and 14,000 numbers in it, before and after each number was replaced by
/// another.
fn turnover(room: usize) -> [usize; 2] {
    let hash = |number: &u32| mixed(u64::from(*number));
    let mut table = HashTable::with_capacity(room);
    for number in 0..14_000 {
        table.insert_unique(hash(&number), number, hash);
    }
    let before = table.allocation_size();
    for number in 0..14_000 {
        if let Ok(found) = table.find_entry(hash(&number), |other| *other == number) {
            found.remove();
        }
        let new = number + 14_000;
        table.insert_unique(hash(&new), new, hash);
    }
    [before, table.allocation_size()]
}

fn percent(hits: usize, workload: &Workload) -> String {
    format!(
        "{:.1} %",
        100.0 * hits as f64 / workload.requests.len() as f64
    )
}

fn best(workload: fn() -> Workload) -> String {
    let workload = workload();
    percent(best_hits(workload.room, &workload), &workload)
}

fn rate<P: Policy>(workload: fn() -> Workload) -> String {
    let workload = workload();
    percent(hits::<P>(workload.room, &workload), &workload)
}

/// How many entries a cache can have so that it never takes more than 64 KiB, while entries come and go.
fn room_within<P: Policy>() -> usize {
    let peak = |room: usize| {
        let turn_over = || {
            let mut cache = P::with_room(room);
            for key in 0..4 * room as u64 {
                cache.insert(key, id(key as u32));
            }
        };
        heap(turn_over).1.peak
    };
    let rooms: Vec<usize> = (1..64 * 1_024 / 32).collect();
    rooms.partition_point(|room| peak(*room) <= 64 * 1_024)
}

fn rate_within<P: Policy>() -> String {
    let workload = Workload::skewed();
    percent(hits::<P>(room_within::<P>(), &workload), &workload)
}
