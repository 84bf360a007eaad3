//! Where the terms of a query occur together.

use std::collections::{BTreeMap, HashMap};

use domain::{Term, Wanted};

use super::bound::{Bound, Places};
use super::room::SearchedRoom;
use crate::failure::Failure;
use crate::search::{BLOCK, SHELF, seqs_of};
use crate::statements::searching::MOST_READ;
use crate::{Statements, StoredId};

/// On how many shelves beginnings of terms are looked for at once. Each may have many terms.
const SHELVES_OF_BEGINNINGS: usize = 16;

/// Above every byte of a text.
const ABOVE_TEXT: u8 = 0xff;

/// The seqs in which something occurs, as bits, by their blocks.
type Occurrences = HashMap<StoredId, BTreeMap<i64, i64>>;

/// Looks the terms up on the next shelves of the rooms that have no candidates in hand.
pub(super) fn look_up(
    connection: &mut impl Statements,
    wanted: &[Wanted],
    bound: &Bound,
    rooms: &mut [&mut SearchedRoom],
) -> Result<(), Failure> {
    let mut shelves: Vec<_> = rooms.iter_mut().flat_map(|room| room.take_shelves()).collect();
    let mut together: Option<Occurrences> = None;
    for wanted in wanted {
        if shelves.is_empty() {
            break;
        }
        let found = occurrences(connection, wanted, &shelves)?;
        let left = match together {
            None => found,
            Some(before) => intersection(&before, &found),
        };
        // The next term is looked up only where all before it occur together.
        shelves.retain(|(room_id, shelf)| has_any(&left, *room_id, *shelf));
        together = Some(left);
    }
    let mut together = together.unwrap_or_default();
    let places = rooms.iter().filter_map(|room| {
        let blocks = together.remove(&room.id)?;
        Some(Places::new(
            room.id,
            blocks.into_iter().rev().flat_map(|(block, seqs)| seqs_of(block, seqs)).collect(),
        ))
    });
    let mut places: Vec<Places> = places.collect();
    bound.find(connection, &mut places)?;
    let mut below: HashMap<_, _> =
        places.into_iter().map(|places| (places.room_id, places.below())).collect();
    for room in rooms {
        room.add_candidates(below.remove(&room.id).unwrap_or_default());
    }
    Ok(())
}

/// Where a term, or any term that begins so, occurs on these shelves.
fn occurrences(
    connection: &mut impl Statements,
    wanted: &Wanted,
    shelves: &[(StoredId, i64)],
) -> Result<Occurrences, Failure> {
    let mut occurrences = Occurrences::new();
    let at_once = match wanted {
        Wanted::Term(_) => MOST_READ,
        Wanted::Beginning(_) => SHELVES_OF_BEGINNINGS,
    };
    for shelves in shelves.chunks(at_once) {
        let rows = match wanted {
            Wanted::Term(term) => connection.postings(shelves, term.as_bytes())?,
            Wanted::Beginning(term) => connection.postings_between(shelves, term.as_bytes(), &above(term))?,
        };
        for row in rows {
            *occurrences.entry(row.room_id).or_default().entry(row.block).or_default() |= row.seqs;
        }
    }
    Ok(occurrences)
}

/// Above every term that begins with this one.
fn above(term: &Term) -> Vec<u8> {
    [term.as_bytes(), &[ABOVE_TEXT]].concat()
}

fn intersection(one: &Occurrences, other: &Occurrences) -> Occurrences {
    let mut both = Occurrences::new();
    for (room_id, blocks) in one {
        let Some(others) = other.get(room_id) else { continue };
        let common = blocks.iter().filter_map(|(block, seqs)| {
            let seqs = seqs & others.get(block)?;
            (seqs != 0).then_some((*block, seqs))
        });
        let common: BTreeMap<_, _> = common.collect();
        if !common.is_empty() {
            both.insert(*room_id, common);
        }
    }
    both
}

fn has_any(occurrences: &Occurrences, room_id: StoredId, shelf: i64) -> bool {
    let blocks = shelf * SHELF / BLOCK..(shelf + 1) * SHELF / BLOCK;
    occurrences.get(&room_id).is_some_and(|found| found.range(blocks).next().is_some())
}
